"""What a survey has found so far, and the settings that follow from it. Pure: no network, no sentence that a person reads.

What is published and what was seen are two things: a setting is recommended only where a server really does it, and what
is named and does not work is shown beside it. Whoever only showed up in the DNS or over plain HTTP is not trusted with a
password in another domain without a word of warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.discovery.agree import Agreement, Discovery
from bot.discovery.candidates import TRUSTS, Origin, Trust
from bot.discovery.domain import base_domain
from bot.errors import BotError
from bot.kb.model import Authentication, Protocol, Provider, Security, Username
from bot.kb.ports import SET_UP_PROTOCOLS
from bot.probe.facts import PortFacts
from bot.probe.plan import ProbePlan
from bot.probe.verdict import HostVerdict, PortVerdict
from bot.survey.target import Target

_UNANSWERED: Final = frozenset({"refused", "timed_out", "unreachable", "reset", "could_not_test"})
_UNPROVEN: Final[frozenset[Trust]] = frozenset({"dns", "insecure"})
_SASL: Final[dict[str, Authentication]] = {
    "PLAIN": "password",
    "LOGIN": "password",
    "USER": "password",
    "XOAUTH2": "oauth2",
    "OAUTHBEARER": "oauth2",
}


@dataclass(frozen=True)
class HostLook:
    """One host, as far as it has been probed."""

    plan: ProbePlan
    facts: tuple[PortFacts, ...]
    """Of the ports that are done, in the order of the plan."""
    verdict: HostVerdict
    """Of these ports."""
    error: BotError | None = None
    """Why nothing could be probed."""

    @property
    def hostname(self) -> str:
        """The host."""
        return self.plan.host

    @property
    def answers(self) -> bool:
        """A mail server, or something that should be one, was met on at least one port."""
        return any(each.code not in _UNANSWERED for each in self.verdict.ports)

    def facts_of(self, port: int) -> PortFacts | None:
        """Return what was seen on a port; None where that is not known yet."""
        return next((each for each in self.facts if each.port == port), None)

    def verdict_of(self, port: int) -> PortVerdict | None:
        """Return what it means; None where that is not known yet."""
        return next((each for each in self.verdict.ports if each.port == port), None)


@dataclass(frozen=True)
class Setting:
    """One line to type in: a server that really works, with who names it."""

    protocol: Protocol
    hostname: str
    port: int
    security: Security
    username: Username | None
    """None where nobody says."""
    authentication: tuple[Authentication, ...]
    """Best first: as it is published, or as the server itself offers; empty where neither says."""
    agreement: Agreement | None
    """Who names it; None for a server that was typed, and for a better port of a server that is named."""
    needs_confirmation: bool = False
    """It is in another domain, and nothing but DNS answers or plain HTTP says that it belongs to this one."""


@dataclass(frozen=True)
class Survey:
    """Everything that is known at one moment."""

    target: Target
    discovery: Discovery | None
    """What is published; None where that was not asked for."""
    hosts: tuple[HostLook, ...]
    """In the order in which they were chosen."""
    recommended: tuple[Setting, ...]
    """The best of each protocol: TLS from the start before STARTTLS, never plaintext."""
    is_discovered: bool
    """Nothing more will be found."""
    is_complete: bool
    """Nothing more will be seen."""

    @property
    def is_server(self) -> bool:
        """The name that was typed is, or turned out to be, a mail server itself."""
        typed = self.host(self.target.name) if self.target.is_probed else None
        return self.target.kind == "server" or (typed is not None and typed.answers)

    @property
    def shown(self) -> tuple[HostLook, ...]:
        """The hosts that are worth a word: not those that nobody calls a mail server and that are none."""
        return tuple(each for each in self.hosts if each.answers or self._is_expected(each.hostname))

    @property
    def silent(self) -> tuple[HostLook, ...]:
        """The others: names that were tried on the chance, and where no mail server answers."""
        return tuple(each for each in self.hosts if each not in self.shown)

    def wrong(self, look: HostLook) -> tuple[PortVerdict, ...]:
        """Return what should be mended on a host: a closed port is a fault where somebody states that it is a server's."""
        return tuple(
            each for each in look.verdict.ports if each in look.verdict.wrong or self._is_promised(look.hostname, each)
        )

    @property
    def error(self) -> BotError | None:
        """Why nothing at all could be probed; None where something was, or nothing was found to probe."""
        if any(each.error is None for each in self.hosts):
            return None
        return next((each.error for each in self.hosts), None)

    def host(self, hostname: str) -> HostLook | None:
        """Return what is known of a host; None where it is not probed."""
        return next((each for each in self.hosts if each.hostname == hostname), None)

    def verdict_of(self, agreement: Agreement) -> PortVerdict | None:
        """Return what was seen of a server that somebody names; None where it was not probed (yet)."""
        look = self.host(agreement.hostname)
        return None if look is None else look.verdict_of(agreement.port)

    def _is_promised(self, hostname: str, verdict: PortVerdict) -> bool:
        """Say whether somebody states, and not only guesses, that this port works, and it does not."""
        found = self.discovery.agreements if self.discovery is not None else ()
        return not verdict.is_usable and any(
            (each.hostname, each.port) == (hostname, verdict.port)
            and each.trust != "guess"
            and each.security != "plaintext"
            for each in found
        )

    def _is_expected(self, hostname: str) -> bool:
        if self.target.kind == "server" and hostname == self.target.name:
            return True
        found = self.discovery.agreements if self.discovery is not None else ()
        return any(each.hostname == hostname and each.trust != "guess" for each in found)


def recommend(
    target: Target, discovery: Discovery | None, hosts: Sequence[HostLook], owner: Provider | None = None
) -> tuple[Setting, ...]:
    """Return the setting to type in for each protocol that has a working server.

    What is believed more comes first; on an equal footing what is named exactly, then TLS from the start.

    Args:
        target: That was asked about.
        discovery: What is published.
        hosts: What was seen.
        owner: The provider whose documented server *target* is.

    Source: RFC 8314 section 3 (TLS from the start is preferred), RFC 6186 section 6 (names outside the domain).
    """
    made: list[Setting] = []
    for protocol in SET_UP_PROTOCOLS:
        ranked = sorted(
            _possible(protocol, target, discovery, hosts, owner), key=lambda pair: _rank(pair[0], pair[1], target)
        )
        made += [setting for setting, _ in ranked[:1]]
    return tuple(made)


def _possible(
    protocol: Protocol,
    target: Target,
    discovery: Discovery | None,
    hosts: Sequence[HostLook],
    owner: Provider | None,
) -> Iterator[tuple[Setting, Agreement | None]]:
    """Yield the usable ports of *protocol*, each with the most believed word about its host."""
    agreements = discovery.agreements if discovery is not None else ()
    about: dict[str, list[Agreement]] = {}
    for each in agreements:
        about.setdefault(each.hostname, []).append(each)
    found = [each for each in agreements if each.protocol == protocol]
    for look in hosts:
        named = [each for each in found if each.hostname == look.hostname]
        if not named and not (target.is_probed and look.hostname == target.name):
            continue
        word = min(named, key=lambda each: TRUSTS.index(each.trust), default=None)
        is_outside = word is not None and _is_outside(word, named, discovery)
        if word is not None and is_outside and word.trust == "insecure":
            # Whoever sits on the way could have written it: no password goes there on our word.
            continue
        for verdict in look.verdict.ports:
            if verdict.protocol == protocol and verdict.is_for_people:
                exact = next((e for e in named if (e.port, e.security) == (verdict.port, verdict.security)), None)
                # One machine has one form of user names: what is said of another of its ports holds for this one.
                words = [*([exact] if exact is not None else []), *named, *about.get(look.hostname, ())]
                own = owner if look.hostname == target.name else None
                yield (
                    Setting(
                        protocol,
                        look.hostname,
                        verdict.port,
                        verdict.security,
                        _username(words, own, look.hostname, protocol),
                        _authentication(words, own, look.facts_of(verdict.port)),
                        exact,
                        is_outside,
                    ),
                    word,
                )


def _rank(setting: Setting, word: Agreement | None, target: Target) -> tuple[object, ...]:
    exact = setting.agreement
    # A name that somebody typed stands between what is published and what is guessed.
    trust = TRUSTS.index(word.trust) if word is not None else TRUSTS.index("guess") - 0.5
    return (
        trust,
        exact is None and word is not None,
        setting.security != "implicit_tls",
        exact is not None and not exact.candidates[0].recommended,
        -len(exact.origins) if exact is not None else 0,
        setting.port != 587,
        setting.port,
    )


def _is_outside(word: Agreement, named: Sequence[Agreement], discovery: Discovery | None) -> bool:
    if discovery is None or word.trust not in _UNPROVEN or any("knowledge" in each.origins for each in named):
        return False
    return base_domain(word.hostname) != base_domain(discovery.domain)


def _username(words: Sequence[Agreement], owner: Provider | None, hostname: str, protocol: Protocol) -> Username | None:
    said = next((each.username for each in words if each.username is not None), None)
    if said is not None or owner is None:
        return said
    rows = [row for row in owner.servers if (row.hostname, row.protocol) == (hostname, protocol)]
    return next((row.username for row in rows if row.username is not None), owner.username)


def _authentication(
    words: Sequence[Agreement], owner: Provider | None, facts: PortFacts | None
) -> tuple[Authentication, ...]:
    said = next((each.authentication for each in words if each.authentication), ())
    if said or owner is not None:
        return said or (owner.authentication if owner is not None else ())
    offered = facts.sasl_after or () if facts is not None else ()
    return tuple(dict.fromkeys(_SASL[name] for name in offered if name in _SASL))


def sources(agreement: Agreement) -> tuple[tuple[Origin, date | None], ...]:
    """Return who names a server, the most believed first, each with the newest date it gives."""
    dates: dict[Origin, date | None] = {}
    for each in agreement.candidates:
        known = dates.setdefault(each.origin, each.as_of)
        if each.as_of is not None and (known is None or each.as_of > known):
            dates[each.origin] = each.as_of
    return tuple(dates.items())
