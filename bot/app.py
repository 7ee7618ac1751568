"""Build every object of a running bot and hand it down; the one place that knows all layers.

bot = Bot(settings, lookup)
await bot.start()
…
await bot.stop()
"""

from __future__ import annotations

import asyncio
import gc
import signal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog

from bot.answer.engine import Engine
from bot.probe.dns import DnsResolver
from bot.probe.quota import Limits
from bot.probe.service import ProbeRecord, ProbeService
from bot.probe.target import Guard
from bot.renewal import Renewal
from bot.settings import is_on_this_machine
from bot.slack.answering import Answering
from bot.slack.bolt import build_bolt_app
from bot.slack.connect import (
    Account,
    SlackUnreachableError,
    ask_account,
    ask_socket_url,
    make_client,
    open_session,
)
from bot.slack.conversations import Conversations
from bot.slack.outbound import SlackOutbound
from bot.slack.people import People
from bot.slack.probe_cards import ProbeCards
from bot.slack.probing import Probing
from bot.slack.socket import SocketReceiver
from bot.slack.tasks import Tasks
from bot.slack.web import SlackServer
from bot.slack.wishes import Wishes
from bot.slack.words import Words
from bot.storage.retention import Keep
from bot.work import Work, open_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aiohttp

    from bot.kb.lookup import Lookup
    from bot.kb.watch import KnowledgeWatch
    from bot.probe.plan import PortPlan
    from bot.settings import Settings

log = structlog.get_logger(__name__)

# Ten seconds in all between SIGTERM and the end: what orchestrators give without being asked.
_DRAIN_S = 3.5
_PROBES_S = 1.0
_TASKS_S = 1.0
_WORK_S = 2.5
# Until an answer is out or written down. Slack waits three seconds, and our clock is not the only one that can be slow.
_BUDGET_S = 1.2
# At the start, Slack may be out of reach for a moment (a network that comes up together with us).
_START_WAITS_S = (1.0, 2.0, 4.0, 8.0)


class Bot:
    """A bot that is connected to one workspace.

    Args:
        settings: Checked settings.
        lookup: The loaded knowledge.
        watch: Where it came from, to take over what changes there while the bot runs.
        probe_ports: For tests: what is probed of a host of which nothing is known.
        work_options: For tests: keyword arguments for `bot.work.open_work`, such as shorter waits.
    """

    def __init__(
        self,
        settings: Settings,
        lookup: Lookup,
        watch: KnowledgeWatch | None = None,
        *,
        probe_ports: Sequence[PortPlan] | None = None,
        **work_options: Any,
    ) -> None:
        self._settings = settings
        self._engine = Engine(lookup)
        self._renewal = Renewal(watch, self._engine) if watch is not None else None
        self._work_options = work_options
        self._session: aiohttp.ClientSession | None = None
        self._work: Work | None = None
        self._server: SlackServer | None = None
        self._receiver: SocketReceiver | None = None
        self._tasks = Tasks()
        self._probe_ports = probe_ports
        self._probing: Probing | None = None
        self.port = 0
        """Where the web server listens, once it does."""

    async def start(self) -> Account:
        """Connect to Slack and the database and begin to answer.

        Returns:
            Who we are.

        Raises:
            SettingsInvalidError: A token or secret is missing.
            SlackTokenError, SlackUnreachableError: See there.
            DatabaseUrlError, DatabaseNewerError, StorageUnavailableError: From `bot.work.open_work`.
            OSError: The port is taken.
        """
        try:
            return await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> Account:
        settings = self._settings
        settings.require_slack()
        assert settings.bot_token is not None  # require_slack has seen to it
        self._session = open_session()
        client = make_client(self._session, settings.slack_api_url, settings.bot_token.reveal())
        account = await _patiently(client)
        outbound = SlackOutbound(client)
        options = {"budget_s": _BUDGET_S, "keep": Keep(text_days=settings.text_days), **self._work_options}
        self._work = await open_work(settings.database_url, poster=outbound, **options)
        words = Words(self._engine, probes=settings.probe)
        answering = self._build_answering(outbound, self._work, account, words)
        bolt_client = make_client(self._session, settings.slack_api_url, None)
        app = build_bolt_app(bolt_client, answering, words)
        if settings.app_token is not None:
            token = settings.app_token.reveal()
            use_proxy = not is_on_this_machine(urlsplit(settings.slack_api_url).hostname or "")
            url = await ask_socket_url(client, token)
            self._receiver = SocketReceiver(app, client, token, use_proxy=use_proxy)
            self._server = SlackServer(settings.host, settings.port, self._health)
            self.port = await self._server.start()
            await self._receiver.start(url)
        else:
            assert settings.signing_secret is not None  # as above
            secret = settings.signing_secret.reveal()
            self._server = SlackServer(settings.host, settings.port, self._health, app=app, signing_secret=secret)
            self.port = await self._server.start()
        if self._renewal is not None:
            self._renewal.start()
        log.info("started", mode=settings.slack_mode, port=self.port, team=account.identity.team)
        return account

    def _build_answering(self, outbound: SlackOutbound, work: Work, account: Account, words: Words) -> Answering:
        people = People(outbound, work.ledger)
        if self._settings.probe:
            self._probing = self._build_probing(outbound, work, people, words)
        return Answering(
            self._engine,
            work.delivery,
            outbound,
            people,
            Conversations(work.ledger),
            self._tasks,
            account.identity,
            probing=self._probing,
        )

    def _build_probing(self, outbound: SlackOutbound, work: Work, people: People, words: Words) -> Probing:
        settings = self._settings

        def note(record: ProbeRecord) -> None:
            self._tasks.start(work.ledger.note_probe(record), "probe_record")

        service = ProbeService(
            Guard(settings.probe_allow, settings.probe_deny),
            DnsResolver(settings.dns_server),
            limits=Limits(settings.probe_per_user, settings.probe_per_host, settings.probe_per_team),
            note=note,
        )
        wishes = Wishes(self._engine, ca_file=settings.ca_file, usual=self._probe_ports)
        cards = ProbeCards(self._engine, words)
        return Probing(service, wishes, work.delivery, outbound, people, self._tasks, cards)

    async def stop(self) -> None:
        """Take nothing new, finish what was taken, and close everything, within about ten seconds."""
        if self._renewal is not None:
            await self._renewal.stop()
        if self._probing is not None:
            self._probing.interrupt()
        if self._receiver is not None:
            self._receiver.leave()
            await self._receiver.drain(grace_s=_DRAIN_S)
            await self._receiver.close()
            self._receiver = None
        if self._server is not None:
            self._server.leave()
            await self._server.close()
            self._server = None
        if self._probing is not None:
            await self._probing.close(grace_s=_PROBES_S)
            self._probing = None
        await self._tasks.close(grace_s=_TASKS_S)
        if self._work is not None:
            await self._work.close(grace_s=_WORK_S)
            self._work = None
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _health(self) -> tuple[bool, dict[str, Any]]:
        details: dict[str, Any] = {"mode": self._settings.slack_mode}
        if self._renewal is not None and self._renewal.problems:
            # Well enough to answer, from what was sound: the log names each problem.
            details["knowledge_problems"] = self._renewal.problems
        if self._receiver is None:
            return self._settings.slack_mode == "http", details
        well, of_socket = self._receiver.health()
        return well, {**details, **of_socket}


async def run_until_ended(bot: Bot) -> None:
    """Start a bot and serve until SIGTERM or SIGINT, then end it in good order.

    Raises:
        Whatever `Bot.start` raises.
    """
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    starting = asyncio.ensure_future(bot.start())
    ending = asyncio.ensure_future(ended.wait())
    try:
        await asyncio.wait({starting, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            return
        starting.result()
        _spare_the_collector()
        await ended.wait()
        log.info("stopping")
    finally:
        ending.cancel()
        await asyncio.gather(starting, ending, return_exceptions=True)
        await bot.stop()
        log.info("stopped")


def _spare_the_collector() -> None:
    """Tell the garbage collector what a server is: what exists now stays, and what comes goes again within a second.

    A card is some two thousand small objects, so at the default of 700 the collector ran several times for each answer
    and found nothing (an eighth of all time).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


async def _patiently(client: Any) -> Account:
    for wait_s in _START_WAITS_S:
        try:
            return await ask_account(client)
        except SlackUnreachableError:
            log.warning("slack_unreachable", wait_s=wait_s)
            await asyncio.sleep(wait_s)
    return await ask_account(client)
