"""Settings that others publish: read, compared with ours, and taken over into a company's own folder."""
