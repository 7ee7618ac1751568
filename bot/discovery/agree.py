"""Hold the candidates of all origins against each other: what agrees, what contradicts, what comes first.

Nothing is decided by majority: three origins that repeat an old setting are not truer than one reviewed fact. What is
believed more comes first; among equals implicit TLS comes before STARTTLS; plaintext comes last, whatever is believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

import msgspec

from bot.discovery.candidates import ORIGINS, TRUSTS, Candidate, Fault, Found, Origin, Trust
from bot.kb.model import Authentication, Protocol, Security, Username
from bot.kb.ports import SECURITY_RANK, SET_UP_PROTOCOLS

ContradictionKind = Literal["hostname", "port", "security", "username", "not_offered"]


class Agreement(msgspec.Struct, frozen=True):
    """One server, with everybody who names it."""

    protocol: Protocol
    hostname: str
    port: int
    security: Security
    candidates: tuple[Candidate, ...]
    """The most believed first; never empty."""
    plaintext_only: bool = False
    """It is in plaintext, and nothing else is named for its protocol: shown with a warning, never recommended."""

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Return who names it, the most believed first."""
        return tuple(dict.fromkeys(candidate.origin for candidate in self.candidates))

    @property
    def trust(self) -> Trust:
        """Return how far the most believed of them can be believed."""
        return self.candidates[0].trust

    @property
    def username(self) -> Username | None:
        """Return the form of the user name that the most believed of those that say one says."""
        return next((each.username for each in self.candidates if each.username is not None), None)

    @property
    def authentication(self) -> tuple[Authentication, ...]:
        """Return the ways to sign in, as the most believed of those that say some says."""
        return next((each.authentication for each in self.candidates if each.authentication), ())

    @property
    def as_of(self) -> date | None:
        """Return the newest date at which somebody said so; None where nobody gives a date."""
        return max((each.as_of for each in self.candidates if each.as_of is not None), default=None)


class Side(msgspec.Struct, frozen=True):
    """One side of a contradiction."""

    values: tuple[str, ...]
    """What is said: host names, ports, kinds of encryption, forms of the user name; empty for "is not offered"."""
    origins: tuple[Origin, ...]


class Contradiction(msgspec.Struct, frozen=True):
    """What origins say differently of one protocol, the most believed side first."""

    protocol: Protocol
    kind: ContradictionKind
    sides: tuple[Side, ...]
    hostname: str | None = None
    """The host that it is about, where it is about one."""


class Discovery(msgspec.Struct, frozen=True):
    """Everything that was found for a domain."""

    domain: str
    candidates: tuple[Candidate, ...]
    agreements: tuple[Agreement, ...]
    """By protocol, the best first."""
    contradictions: tuple[Contradiction, ...]
    mx: tuple[str, ...]
    hosted_by: str | None
    """Id of the provider in our knowledge."""
    faults: tuple[Fault, ...]

    def best(self, protocol: Protocol) -> Agreement | None:
        """Return the server to recommend for *protocol*: never one in plaintext."""
        return next((each for each in self._of(protocol) if each.security != "plaintext"), None)

    def _of(self, protocol: Protocol) -> Iterable[Agreement]:
        return (each for each in self.agreements if each.protocol == protocol)


def judge_agreement(domain: str, found: Iterable[Found]) -> Discovery:
    """Put together what all steps of a discovery brought.

    Args:
        domain: That was asked about.
        found: What each step brought, in any order.
    """
    # The order in which answers happened to come in must not show in the result.
    steps = sorted(found, key=lambda step: ORIGINS.index(step.origin))
    candidates = sorted(
        dict.fromkeys(candidate for step in steps for candidate in step.candidates), key=_belief_of_candidate
    )
    return Discovery(
        domain,
        tuple(candidates),
        _agreements(candidates),
        _contradictions(candidates, steps),
        next((step.mx for step in steps if step.mx), ()),
        _hosted_by(steps),
        tuple(dict.fromkeys(fault for step in steps for fault in step.faults)),
    )


def _belief_of_candidate(candidate: Candidate) -> tuple[int, int]:
    return TRUSTS.index(candidate.trust), ORIGINS.index(candidate.origin)


def _hosted_by(steps: Sequence[Found]) -> str | None:
    """Return the provider; our knowledge of the domain or its mail exchangers before what Autodiscover hints at."""
    return next((step.hosted_by for step in steps if step.hosted_by is not None), None)


def _agreements(candidates: Sequence[Candidate]) -> tuple[Agreement, ...]:
    by_key: dict[tuple[Protocol, str, int, Security], list[Candidate]] = {}
    for candidate in candidates:
        by_key.setdefault(candidate.key, []).append(candidate)
    encrypted = {protocol for protocol, _, _, security in by_key if security != "plaintext"}
    made = [
        Agreement(*key, tuple(group), plaintext_only=key[3] == "plaintext" and key[0] not in encrypted)
        for key, group in by_key.items()
    ]
    return tuple(sorted(made, key=_rank))


def _rank(agreement: Agreement) -> tuple[object, ...]:
    first = agreement.candidates[0]
    return (
        SET_UP_PROTOCOLS.index(agreement.protocol) if agreement.protocol in SET_UP_PROTOCOLS else len(SET_UP_PROTOCOLS),
        agreement.security == "plaintext",
        TRUSTS.index(first.trust),
        # What an origin itself puts behind another stays behind it, unless the other is the weaker encryption.
        SECURITY_RANK[agreement.security],
        not first.recommended,
        -len(agreement.origins),
        ORIGINS.index(first.origin),
    )


def _contradictions(candidates: Sequence[Candidate], steps: Sequence[Found]) -> tuple[Contradiction, ...]:
    # A guess states nothing, so it contradicts nobody. Plaintext is not what anybody should use in the end.
    stated = [candidate for candidate in candidates if candidate.trust != "guess"]
    made: list[Contradiction] = []
    for protocol in SET_UP_PROTOCOLS:
        own = [candidate for candidate in stated if candidate.protocol == protocol]
        made += _of_hosts(protocol, own)
        made += _of_servers(protocol, own)
        made += _of_offer(protocol, own, steps)
    return tuple(made)


def _of_hosts(protocol: Protocol, candidates: Sequence[Candidate]) -> list[Contradiction]:
    """Origins that have no host in common."""
    sides = _sides((candidate.origin, candidate.hostname) for candidate in candidates)
    return [Contradiction(protocol, "hostname", sides)] if _apart(sides) else []


def _of_servers(protocol: Protocol, candidates: Sequence[Candidate]) -> list[Contradiction]:
    """Origins that name the same host, and say different things of it."""
    made: list[Contradiction] = []
    for hostname in dict.fromkeys(candidate.hostname for candidate in candidates):
        here = [candidate for candidate in candidates if candidate.hostname == hostname]
        ports = _sides((candidate.origin, str(candidate.port)) for candidate in here)
        if _apart(ports):
            made.append(Contradiction(protocol, "port", ports, hostname))
        for port in dict.fromkeys(candidate.port for candidate in here):
            security = _sides((each.origin, each.security) for each in here if each.port == port)
            if _apart(security):
                made.append(Contradiction(protocol, "security", security, hostname))
        names = _sides((each.origin, each.username) for each in here if each.username not in (None, "other"))
        if _apart(names):
            made.append(Contradiction(protocol, "username", names, hostname))
    return made


def _of_offer(protocol: Protocol, candidates: Sequence[Candidate], steps: Sequence[Found]) -> list[Contradiction]:
    """A service that the domain's DNS calls not offered, and that somebody names all the same."""
    made: list[Contradiction] = []
    for refused, security in sorted({kind for step in steps for kind in step.not_offered}):
        named = [each for each in candidates if each.security == security and each.origin != "srv"]
        if refused == protocol and named:
            said = Side((security,), tuple(dict.fromkeys(each.origin for each in named)))
            made.append(Contradiction(protocol, "not_offered", (said, Side((), ("srv",)))))
    return made


def _sides(said: Iterable[tuple[Origin, str | None]]) -> tuple[Side, ...]:
    """Return what each origin says, those that say the same together, in the order of belief."""
    by_origin: dict[Origin, list[str]] = {}
    for origin, value in said:
        by_origin.setdefault(origin, []).append(value or "")
    by_values: dict[tuple[str, ...], list[Origin]] = {}
    for origin, values in by_origin.items():
        by_values.setdefault(tuple(sorted(set(values))), []).append(origin)
    return tuple(Side(values, tuple(origins)) for values, origins in by_values.items())


def _apart(sides: Sequence[Side]) -> bool:
    """Say whether two of the sides have nothing in common."""
    return any(
        not set(one.values) & set(other.values) for number, one in enumerate(sides) for other in sides[number + 1 :]
    )
