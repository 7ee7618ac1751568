"""Who is a member here: nobody else may have servers probed."""

from __future__ import annotations

from typing import Any, cast

import pytest

from bot.slack.outbound import SlackOutbound
from bot.slack.people import People
from bot.work import Ledger, PostTransientError


class Directory:
    """Answers users.info with what a test says."""

    def __init__(self, person: dict[str, Any] | None) -> None:
        self._person = person

    async def user(self, user_id: str) -> dict[str, Any]:
        if self._person is None:
            raise PostTransientError("http_500")
        return self._person


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ({"id": "U1", "team_id": "T1"}, True),
        ({"id": "U1", "team_id": "T1", "is_restricted": True}, False),
        ({"id": "U1", "team_id": "T1", "is_restricted": True, "is_ultra_restricted": True}, False),
        ({"id": "U1", "team_id": "T9", "is_stranger": True}, False),
        ({"id": "U1", "team_id": "T9"}, False),
        ({"id": "U1", "team_id": "T9", "enterprise_user": {"teams": ["T1", "T9"]}}, True),
        ({"id": "U1", "team_id": "T9", "enterprise_user": {"teams": ["T9"]}}, False),
        (None, None),
        ({}, None),
    ],
)
async def test_members_are_told_from_guests_and_strangers(person: dict[str, Any] | None, expected: bool | None) -> None:
    """Guests of both kinds and people of another organisation are no members; where Slack does not tell, nobody is."""
    people = People(cast(SlackOutbound, Directory(person)), cast(Ledger, None))
    assert await people.is_member("T1", "U1") is expected
