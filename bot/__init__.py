"""mailports: a Slack bot that answers mail-setup questions in Japanese and English."""

__version__ = "0.1.0"
