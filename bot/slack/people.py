"""What we know of people: the language they chose, the locale of their Slack, what they may switch.

Slack's answers are kept for a while, because a locale hardly ever changes and the answer to a question must not wait
for a look-up.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import Any, cast

from bot.kb.model import Language
from bot.slack.outbound import SlackOutbound
from bot.text.language import detect_language
from bot.work import Ledger, PostError

_KEEP_S = 6 * 3600.0
_KEEP_FAILURE_S = 60.0
_KEPT = 10_000
# An answer in the wrong language is a pity, a late one is worse.
_PATIENCE_S = 0.7

Json = dict[str, Any]


class People:
    """Looks people up.

    Args:
        outbound: Asks Slack.
        ledger: Keeps what people chose.
    """

    def __init__(self, outbound: SlackOutbound, ledger: Ledger) -> None:
        self._outbound = outbound
        self._ledger = ledger
        self._known: OrderedDict[str, tuple[float, Json]] = OrderedDict()

    async def chosen(self, team: str, user: str) -> Language | None:
        """Return the language that a person chose, if they did."""
        return _language(await self._ledger.language(team, user))

    async def locale_for(self, user: str, text: str) -> str | None:
        """Return the locale of somebody's Slack where the text does not tell the language; None where nothing helps.

        Args:
            user: Who wrote it.
            text: What they wrote.
        """
        return None if detect_language(text) is not None else await self.locale(user)

    async def locale(self, user: str) -> str | None:
        """Return the locale of somebody's Slack (`ja-JP`), or None."""
        locale = (await self._info(user)).get("locale")
        return locale if isinstance(locale, str) else None

    async def language(self, team: str, user: str) -> Language:
        """Return the language to speak to a person who has not said anything: their choice, else their locale's."""
        return await self.chosen(team, user) or await self.language_of_slack(user)

    async def language_of_slack(self, user: str) -> Language:
        """Return the language in which a person uses Slack; needs no records of ours."""
        return "ja" if (await self.locale(user) or "").lower().startswith("ja") else "en"

    async def may_switch(self, user: str, channel: str) -> bool:
        """Say whether a person may switch what concerns a whole channel: an administrator, or who made the channel."""
        person = await self._info(user)
        if person.get("is_admin") or person.get("is_owner") or person.get("is_primary_owner"):
            return True
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return bool((await self._outbound.channel(channel)).get("creator") == user)
        except (PostError, TimeoutError):
            # The scope for channels may have been declined; then administrators alone can switch.
            return False

    async def is_member(self, team: str, user: str) -> bool | None:
        """Say whether a person is a full member here: no guest, and nobody from another organisation (Slack Connect).

        Returns:
            None where Slack does not tell, which is no yes.

        Source: docs.slack.dev/reference/objects/user-object (is_restricted, is_stranger, enterprise_user).
        """
        person = await self._info(user)
        if not person:
            return None
        if person.get("is_restricted") or person.get("is_ultra_restricted") or person.get("is_stranger"):
            return False
        home = person.get("team_id")
        workspaces = (person.get("enterprise_user") or {}).get("teams") or ()
        return home is None or home == team or team in workspaces

    async def _info(self, user: str) -> Json:
        now = time.monotonic()
        known = self._known.get(user)
        if known is not None and now < known[0]:
            return known[1]
        try:
            async with asyncio.timeout(_PATIENCE_S):
                info, keep_s = await self._outbound.user(user), _KEEP_S
        except (PostError, TimeoutError):
            info, keep_s = known[1] if known is not None else {}, _KEEP_FAILURE_S
        self._known[user] = (now + keep_s, info)
        self._known.move_to_end(user)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return info


def _language(value: str | None) -> Language | None:
    return cast(Language, value) if value in ("ja", "en") else None
