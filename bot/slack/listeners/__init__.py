"""What the bot listens to, one file per surface. Each file lists its listeners in a `register` function.

Everything runs before the acknowledgement (see `bot.slack.bolt`): a listener that cannot vouch for its work says so,
and Slack brings it again.
"""
