"""A town with mail servers to probe: real listeners on loopback, a DNS that knows their names, and the way to them allowed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.local_slack import Message
from bot.probe.plan import PortPlan
from tests.support.fault_certificates import HOST, authority, server_context
from tests.support.fault_server import FaultServer, Script, Talk, imap, imaps, smtp
from tests.support.small_dns import zone
from tests.support.town import Mode, Town, open_town

KINDS: tuple[tuple[Any, Any], ...] = (("imap", "implicit_tls"), ("imap", "starttls"), ("smtp", "starttls"))
PROVIDER = """\
id: machi
names: {{ja: まちメール, en: Machi Mail}}
status: works
domains: [fault.test]
servers:
  - {{protocol: imap, hostname: mail.fault.test, port: {imaps}, security: implicit_tls, username: email_address}}
  - {{protocol: smtp, hostname: mail.fault.test, port: {smtp}, security: starttls, username: email_address}}
username: email_address
authentication: [password]
evidence: verified
manuals: [{{topic: settings, ja: {{title: まちメールの設定, url: "https://example.com/ja"}}}}]
sources: [{{url: "https://example.com/help", title: Machi Mail help, checked_on: 2026-11-20}}]
asks: {{ja: [まちメールのIMAP設定], en: [machi mail imap settings]}}
"""


class Gate:
    """Holds back what servers say until a test lets them go on."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.opened.set()
        self.inside = 0
        self._changed = asyncio.Event()

    def before(self, script: Script) -> Script:
        """Return *script* behind the gate."""

        async def waiting(talk: Talk) -> None:
            self._count(1)
            try:
                await self.opened.wait()
                await script(talk)
            finally:
                self._count(-1)

        return waiting

    async def until_inside(self, count: int) -> None:
        """Wait until so many connections are open."""
        async with asyncio.timeout(10):
            while self.inside != count:
                self._changed.clear()
                await self._changed.wait()

    def _count(self, by: int) -> None:
        self.inside += by
        self._changed.set()


@dataclass
class ProbeTown:
    """The town, its servers, and what tests ask of them."""

    town: Town
    servers: tuple[FaultServer, ...]
    gate: Gate
    folder: Path

    @property
    def connections(self) -> int:
        """Say how many connections the servers have taken, all together."""
        return sum(len(server.talks) for server in self.servers)

    def records(self) -> list[tuple[str, str, str, str]]:
        """Return what the database keeps of probes: user, host, outcome, reason."""
        with closing(sqlite3.connect(self.folder / "town.sqlite3")) as connection:
            return connection.execute("SELECT user, host, outcome, reason FROM probes ORDER BY id").fetchall()

    async def finished(self, message: Message) -> Message:
        """Wait until a message holds a report and no Stop button any more."""
        await self.town.slack.wait_for(lambda: not has_button(message, "probe_stop"), timeout_s=15)
        return message


def has_button(message: Message, action_id: str) -> bool:
    """Say whether a button is on a message."""
    return f"'action_id': '{action_id}'" in str(message.blocks)


@asynccontextmanager
async def open_probe_town(
    mode: Mode,
    folder: Path,
    *,
    scripts: tuple[Script, Script, Script] = (imaps, imap, smtp),
    variables: dict[str, str] | None = None,
) -> AsyncIterator[ProbeTown]:
    """Open a town with three servers: IMAP under TLS, IMAP and SMTP with STARTTLS. `mail.*` is their host's name.

    Args:
        mode: How Slack reaches the bot.
        folder: For everything.
        scripts: What the servers do instead.
        variables: Further variables of the environment.
    """
    gate = Gate()
    context = server_context(authority().issue("good"), folder)
    async with AsyncExitStack() as stack:
        servers = tuple(
            [await stack.enter_async_context(FaultServer(gate.before(each), context).running()) for each in scripts]
        )
        stack.callback(gate.opened.set)
        _, dns = await stack.enter_async_context(zone())
        ports = [server.port for server in servers]
        own = folder / "own" / "providers"
        own.mkdir(parents=True)
        (own / "machi.yaml").write_text(PROVIDER.format(imaps=ports[0], smtp=ports[2]), encoding="utf-8")
        lookup = Lookup(load_knowledge([shipped_root(), folder / "own"]))
        town = await stack.enter_async_context(
            open_town(
                mode,
                folder,
                lookup,
                variables={
                    "MAILPORTS_PROBE_ALLOW": f"127.0.0.1/32:{','.join(map(str, ports))}",
                    "MAILPORTS_DNS_SERVER": f"127.0.0.1:{dns.port}",
                    "MAILPORTS_CA_FILE": str(authority().write_root(folder / "ca.pem")),
                    **(variables or {}),
                },
                bot_options={
                    "probe_ports": [PortPlan(port, *kind) for port, kind in zip(ports, KINDS, strict=True)],
                },
            )
        )
        yield ProbeTown(town, servers, gate, folder)


__all__ = ["HOST", "Gate", "ProbeTown", "has_button", "open_probe_town"]
