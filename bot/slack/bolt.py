"""The Bolt app: one for Socket Mode and for HTTP.

Bolt usually acknowledges an event first and works afterwards, in a task that nobody waits for: what was acknowledged is
lost when the program ends. Here it works first (`process_before_response`): the answer is out or safely written down
before Slack hears that we have it, and everything else Slack repeats. Reading takes a millisecond, and `bot.work` keeps
the slow rest within two seconds.
"""

from __future__ import annotations

import re
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import without_slack_variables
from bot.slack import logs
from bot.slack.answering import Answering
from bot.slack.inbound import Identity
from bot.slack.listeners import actions, arrivals, commands, heard, home, probes, shortcut
from bot.slack.quick import Quick
from bot.slack.twins import Twins
from bot.slack.words import Words

log = structlog.get_logger(__name__)


class _App(AsyncApp):
    """Lets an event through to the listeners unless its twin has been there.

    Args:
        twins: Knows.
        arguments: Of Bolt's own app.
    """

    def __init__(self, twins: Twins, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._twins = twins

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """See Bolt."""
        safe = await self._twins.fate(req.body)
        if safe is None:
            return await super().async_dispatch(req)
        return BoltResponse(status=200 if safe else heard.NOT_YET, body="")


def build_bolt_app(client: AsyncWebClient, answering: Answering, words: Words) -> AsyncApp:
    """Build the app with all its listeners.

    Args:
        client: For Bolt's own calls; carries no token, because who we are was asked once, at the start.
        answering: What the listeners share.
        words: The bot's own sentences.
    """
    identity = answering.identity
    twins = Twins(identity)
    known = _authorization(identity)

    async def authorize() -> AuthorizeResult:
        return known

    with without_slack_variables():
        app = _App(
            twins,
            name="mailports",
            logger=logs.quiet_logger(),
            client=client,
            authorize=authorize,
            process_before_response=True,
            # `bot.slack.web` has checked the signature; Bolt's own check would log the body of a bad request.
            request_verification_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
    quick = Quick(answering.tasks, answering.outbound, answering.people, words)
    heard.register(app, answering, twins)
    arrivals.register(app, answering, words)
    home.register(app, answering, words)
    commands.register(app, answering, words, quick)
    shortcut.register(app, answering, words, quick)
    probes.register(app, answering, words, quick)
    actions.register(app, answering, words, quick)  # the last: it takes every press that nobody else wanted

    async def anything_else() -> None:
        """An event that nobody needs is acknowledged: Slack would repeat it, and at last switch us off."""

    app.event(re.compile(".*"))(anything_else)

    async def failed(error: Exception, request: AsyncBoltRequest) -> BoltResponse:
        """Log what kind of fault it was, never what somebody wrote, and have Slack repeat the delivery."""
        kind = request.body.get("type") if isinstance(request.body, dict) else None
        log.error("listener_fault", kind=type(error).__name__, request=kind, where=logs.frames(error))
        return BoltResponse(status=500, body="")

    app.error(failed)
    return app


def _authorization(identity: Identity) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=None,
        team_id=identity.team,
        bot_user_id=identity.user_id,
        bot_id=identity.bot_id,
        bot_token=None,
    )
