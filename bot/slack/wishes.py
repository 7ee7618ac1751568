"""What somebody wants to have probed, from whatever they did: typed it, asked for it, or pressed the button below an answer.

A wish names hosts and ports; whether it is granted is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.answer.engine import Engine, Outcome
from bot.answer.model import Answer, SettingsTable
from bot.errors import BotError
from bot.kb.model import Language, Provider, Server
from bot.match.model import Match, Slots
from bot.probe.host import MAIL_PORTS, normalise_host, read_host
from bot.probe.plan import USUAL_PORTS, PortPlan, ProbePlan, plan_ports, plan_probe
from bot.probe.typed import read_ports

if TYPE_CHECKING:
    from bot.kb.lookup import Lookup

_MAX_HOSTS: Final = 4


@dataclass(frozen=True)
class Wish:
    """Hosts to be probed, and for whom the report is written."""

    plans: tuple[ProbePlan, ...]
    provider: str | None = None
    """Id of the provider that was named; otherwise the hosts tell."""
    client: str | None = None
    """Id of the mail program in whose labels the settings are given."""
    language: Language | None = None
    """Of the report, where the wish itself tells."""
    by_name: bool = False
    """The provider was named and no host: its name stands in the title."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the hosts, in their order."""
        return tuple(plan.host for plan in self.plans)


class Wishes:
    """Reads wishes.

    Args:
        engine: Holds the knowledge, always the newest.
        ca_file: Roots to trust instead of the system's.
        usual: The ports of a host of which nothing is known; a test's servers cannot have the real ones.
    """

    def __init__(self, engine: Engine, *, ca_file: str | None = None, usual: Sequence[PortPlan] | None = None) -> None:
        self._engine = engine
        self._ca_file = ca_file
        self._usual = tuple(usual) if usual is not None else plan_ports(USUAL_PORTS)

    @property
    def _lookup(self) -> Lookup:
        return self._engine.lookup

    def typed(self, text: str) -> Wish:
        """Read a host, and ports where some are named, as typed after `/mailports probe`.

        Raises:
            BotError: It cannot be read.
        """
        host, _, ports = text.strip().partition(" ")
        typed = read_host(host)
        named = (typed.port,) if typed.port is not None else ()
        if ports.strip():
            return Wish((ProbePlan(typed.host, read_ports(" ".join(map(str, (*named, ports)))), self._ca_file),))
        return Wish((self._plan(typed.host, self._lookup.provider_of_host(typed.host), named),))

    def asked(self, outcome: Outcome) -> Wish | None:
        """Return the wish of a question that asks for nothing but a probe; None where it names nothing to be probed."""
        decision = outcome.decision
        if not isinstance(decision, Match) or any(score.intent != "probe" for score, _ in decision.parts):
            return None
        slots = [slots for _, slots in decision.parts]
        client = next((client for each in slots for client in each.clients), None)
        plans = [plan for each in slots for plan in self._of_hosts(each)]
        if plans:
            return Wish(tuple(dict.fromkeys(plans))[:_MAX_HOSTS], client=client)
        named = list(dict.fromkeys(provider for each in slots for provider in each.providers))
        plans = [plan for id_ in named for plan in self._of_provider(id_)]
        if not plans:
            return None
        alone = named[0] if len(named) == 1 else None
        return Wish(tuple(plans[:_MAX_HOSTS]), alone, client, by_name=alone is not None)

    def button_value(self, answer: Answer, slots: Slots) -> str | None:
        """Return what a button below *answer* has to remember; None where the answer names no server that can be probed."""
        tables = [section for section in answer.sections if isinstance(section, SettingsTable)]
        rows = [row for table in tables for row in table.rows]
        providers = {row.provider for row in rows}
        if answer.decision != "answer" or answer.intent == "probe" or len(providers) != 1 or not all(providers):
            return None
        hosts = list(dict.fromkeys(row.hostname for row in rows if not row.hostname_is_pattern))[:_MAX_HOSTS]
        client = slots.clients[0] if slots.clients else ""
        value = "/".join((answer.language, *providers, client, ",".join(hosts)))
        return value if hosts else None

    def pressed(self, value: str) -> Wish | None:
        """Read what `button_value` wrote; None for anything else."""
        language, provider_id, client, names = (*value.split("/", 3), "", "", "", "")[:4]
        provider = self._lookup.provider(provider_id)
        plans: list[ProbePlan] = []
        for name in names.split(",")[:_MAX_HOSTS]:
            try:
                plans.append(self._documented(normalise_host(name), provider))
            except BotError:
                continue
        if provider is None or not plans:
            return None
        spoken: Language = "ja" if language == "ja" else "en"
        return Wish(tuple(plans), provider.id, client or None, spoken, by_name=len(plans) > 1)

    def _of_hosts(self, slots: Slots) -> Iterable[ProbePlan]:
        ports = tuple(port for port in slots.ports if port in MAIL_PORTS)
        for name in slots.hosts:
            try:
                host = normalise_host(name)
            except BotError:
                continue
            yield self._plan(host, self._lookup.provider_of_host(host), ports)

    def _of_provider(self, id_: str) -> Iterable[ProbePlan]:
        provider = self._lookup.provider(id_)
        if provider is None:
            return
        servers = [
            server for server in provider.servers if server.hostname is not None and server.security != "plaintext"
        ]
        # What is recommended first: where a provider has more hosts than are probed, these matter.
        servers.sort(key=lambda server: not server.recommended)
        for host in dict.fromkeys(server.hostname for server in servers if server.hostname is not None):
            yield self._documented(host, provider)

    def _documented(self, host: str, provider: Provider | None) -> ProbePlan:
        """Plan the ports that the provider documents for a host; the usual ones where it documents none."""
        ports = _ports(_servers(host, provider))
        return ProbePlan(host, ports, self._ca_file) if ports else self._plan(host, None, ())

    def _plan(self, host: str, provider: Provider | None, ports: tuple[int, ...]) -> ProbePlan:
        """Plan the named ports; without any the usual ones and what the provider documents beside them."""
        if ports:
            return plan_probe(host, ports, ca_file=self._ca_file)
        known = {port.port: port for port in (*self._usual, *_ports(_servers(host, provider)))}
        return ProbePlan(host, tuple(known.values()), self._ca_file)


def _servers(host: str, provider: Provider | None) -> list[Server]:
    if provider is None:
        return []
    return [each for each in provider.servers if each.is_host(host)]


def _ports(servers: Iterable[Server]) -> tuple[PortPlan, ...]:
    found: dict[int, PortPlan] = {}
    for server in servers:
        if server.security != "plaintext":
            found.setdefault(server.port, PortPlan(server.port, server.protocol, server.security))
    return tuple(found.values())
