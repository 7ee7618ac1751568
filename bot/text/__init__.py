"""Reading characters: one folded form, the language of a message, what Slack and mail programs wrap around it, secrets."""
