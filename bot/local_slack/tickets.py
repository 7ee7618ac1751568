"""Short-lived permissions that Slack hands out with a payload: trigger ids and response URLs.

Source: docs.slack.dev/interactivity/handling-user-interaction (a trigger lives 3 seconds and works once; a response
URL works five times within 30 minutes).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.local_slack.limits import RESPONSE_URL_LIFETIME_S, RESPONSE_URL_USES, TRIGGER_LIFETIME_S
from bot.local_slack.state import Clock


class TicketError(Exception):
    """A permission that does not hold; *code* is Slack's word for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Trigger:
    """Who may have a modal opened, because of what they did just now."""

    user: str
    issued_at: float
    view_id: str | None = None
    used: bool = False


class Triggers:
    """Issues and redeems trigger ids."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, view_id: str | None = None) -> str:
        """Return a fresh trigger id for what *user* just did (inside *view_id*, if they did it in a modal)."""
        trigger_id = f"{int(self._clock() * 1000)}.{len(self._issued)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = Trigger(user, self._clock(), view_id)
        return trigger_id

    def redeem(self, trigger_id: str) -> Trigger:
        """Use a trigger up.

        Raises:
            TicketError: `invalid_trigger_id`, `exchanged_trigger_id` (used before) or `expired_trigger_id`.
        """
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise TicketError("invalid_trigger_id")
        if trigger.used:
            raise TicketError("exchanged_trigger_id")
        if self._clock() - trigger.issued_at > TRIGGER_LIFETIME_S:
            raise TicketError("expired_trigger_id")
        trigger.used = True
        return trigger


@dataclass(slots=True)
class ResponseUrl:
    """Where an app may answer one command or interaction."""

    token: str
    user: str
    channel: str
    issued_at: float
    message_ts: str | None = None
    """The message whose button was pressed; `replace_original` means this one."""
    ephemeral: bool = False
    uses: int = 0
    replaced: bool = False
    """An answer that wanted to replace the acknowledgement came before it."""


class ResponseUrls:
    """Issues response URLs and counts their uses."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, user: str, channel: str, message_ts: str | None = None, *, ephemeral: bool = False) -> ResponseUrl:
        """Return a fresh response URL (its token is the last part of the path)."""
        ticket = ResponseUrl(secrets.token_urlsafe(18), user, channel, self._clock(), message_ts, ephemeral)
        self._issued[ticket.token] = ticket
        return ticket

    def use(self, token: str) -> ResponseUrl:
        """Count one use.

        Raises:
            TicketError: `invalid_url`, `expired_url` (30 minutes) or `used_url` (a sixth use).
        """
        ticket = self._issued.get(token)
        if ticket is None:
            raise TicketError("invalid_url")
        if self._clock() - ticket.issued_at > RESPONSE_URL_LIFETIME_S:
            raise TicketError("expired_url")
        if ticket.uses >= RESPONSE_URL_USES:
            raise TicketError("used_url")
        ticket.uses += 1
        return ticket
