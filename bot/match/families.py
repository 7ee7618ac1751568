"""Intents that belong together, by the ids of `intents.yaml`."""

from __future__ import annotations

from typing import Final

SETTINGS: Final = frozenset({"provider_settings", "server_name", "port_for_protocol", "client_setup", "username"})
"""With a provider named, one table answers all of these."""
SYMPTOMS: Final = ("cannot_send", "cannot_receive", "cannot_sign_in")
"""What does not work, in the order in which it is asked back."""
TROUBLE: Final = frozenset({*SYMPTOMS, "certificate_warning"})
SOCIAL: Final = frozenset({"help", "thanks", "greeting", "change_language", "privacy", "person"})
"""About the bot and its manners, not about mail."""
