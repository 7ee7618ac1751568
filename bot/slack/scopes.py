"""What the app may do in a workspace, and what each permission is for.

`deploy/slack/manifest.yaml` asks for exactly these; a test holds the two together.
"""

from __future__ import annotations

REQUIRED = (
    "app_mentions:read",
    "assistant:write",
    "chat:write",
    "commands",
    "im:history",
    "users:read",
)
OPTIONAL = (
    "channels:history",
    "channels:read",
    "groups:history",
    "groups:read",
)
"""An administrator may decline these; then the bot does without: no listening in, no follow-up without a mention, no
reading back after a crash, no greeting when invited, and only administrators may switch."""

EVENTS = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "member_joined_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}
"""Events we subscribe to, and the scope that each needs."""

METHODS = {
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "auth.test": None,
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.info": "channels:read",
    "conversations.replies": "channels:history",
    "users.info": "users:read",
    "views.publish": None,
}
"""Web API methods we call with the bot token, and the scope that each needs."""
