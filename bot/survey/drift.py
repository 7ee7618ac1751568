"""Where a visited host is no longer what our knowledge says of it. Pure: no network, no sentence that a person reads.

Only what a user of the settings would run into is wrong. What is merely worth knowing (a new certificate, a port that was
documented without encryption and has none) is a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from bot.kb.model import Protocol
from bot.probe.facts import PortFacts
from bot.probe.fault import Code
from bot.probe.verdict import judge_port
from bot.survey.documented import DocumentedHost, DocumentedPort

DriftKind = Literal[
    "gone",
    "port_closed",
    "other_service",
    "starttls_missing",
    "tls_faulty",
    "certificate_faulty",
    "certificate_expiring",
    "certificate_changed",
    "plaintext_only",
    "not_checked",
]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
NOTES: Final[frozenset[DriftKind]] = frozenset(
    {"certificate_expiring", "certificate_changed", "plaintext_only", "not_checked"}
)
EXPIRING_DAYS: Final = 14
HOST_UNKNOWN: Final = "probe.host_unknown"
"""As `HostState.error`: the DNS says that there is no such host."""
_KINDS: Final[dict[Code, DriftKind]] = {
    "refused": "port_closed",
    "timed_out": "port_closed",
    "unreachable": "port_closed",
    "reset": "port_closed",
    "not_this_protocol": "other_service",
    "tls_on_plain_port": "other_service",
    "plain_on_tls_port": "other_service",
    "no_starttls": "starttls_missing",
    "starttls_broken": "tls_faulty",
    "tls_failed": "tls_faulty",
    "tls_too_old": "tls_faulty",
    "temporarily_refused": "not_checked",
    "could_not_test": "not_checked",
}


class PortState(msgspec.Struct, frozen=True):
    """What one port was like."""

    protocol: Protocol
    port: int
    code: Code
    message_key: str
    params: dict[str, str | int]
    """For the wording; a server's text among them is a stranger's."""
    certificate: str | None = None
    """SHA-256 of the server's own."""
    issuer: str | None = None
    not_after: Moment | None = None


class HostState(msgspec.Struct, frozen=True):
    """What one host was like: a line of the state file."""

    hostname: str
    checked_at: Moment
    ports: tuple[PortState, ...] = ()
    error: str | None = None
    """Message key of why nothing could be visited."""

    @property
    def has_answered(self) -> bool:
        """Something answered on a port, so that our own network cannot be what is broken."""
        silent = {"timed_out", "unreachable", "could_not_test"}
        return any(each.code not in silent for each in self.ports)

    def port(self, number: int) -> PortState | None:
        """Return what a port was like; None where it was not visited."""
        return next((each for each in self.ports if each.port == number), None)


class Drift(msgspec.Struct, frozen=True):
    """One thing that our knowledge says otherwise, or that is worth knowing."""

    hostname: str
    port: int | None
    """None for the whole host."""
    providers: tuple[str, ...]
    kind: DriftKind
    message_key: str
    params: dict[str, str | int]

    @property
    def is_wrong(self) -> bool:
        """Whoever uses the documented settings runs into it."""
        return self.kind not in NOTES


def port_state(facts: PortFacts, hostname: str, now: datetime) -> PortState:
    """Return what is kept of a visit to a port.

    Args:
        facts: What was seen.
        hostname: Of the host.
        now: Aware.
    """
    main = judge_port(facts, hostname, now).main
    leaf = facts.tls.chain[0] if facts.tls is not None and facts.tls.chain else None
    return PortState(
        facts.protocol,
        facts.port,
        main.code,
        main.message_key,
        dict(main.params),
        leaf.sha256 if leaf is not None else None,
        leaf.issuer if leaf is not None else None,
        leaf.not_after if leaf is not None else None,
    )


def judge_drift(host: DocumentedHost, state: HostState, before: HostState | None) -> tuple[Drift, ...]:
    """Return where a host differs from what is documented, the worst first.

    Args:
        host: As documented.
        state: As visited.
        before: As visited in the run before; None where there was none.
    """
    if state.error is not None:
        kind: DriftKind = "gone" if state.error == HOST_UNKNOWN else "not_checked"
        params: dict[str, str | int] = {"host": host.hostname}
        return (Drift(host.hostname, None, host.providers, kind, f"verify.{kind}", params),)
    found: list[Drift] = []
    for port in host.ports:
        seen = state.port(port.port)
        if seen is not None:
            old = before.port(port.port) if before is not None else None
            found += [
                Drift(host.hostname, port.port, host.providers, kind, key, params)
                for kind, key, params in _of_port(port, seen, old, state.checked_at)
            ]
    return tuple(sorted(found, key=lambda each: not each.is_wrong))


def _of_port(
    port: DocumentedPort, seen: PortState, old: PortState | None, now: datetime
) -> Iterator[tuple[DriftKind, str, dict[str, str | int]]]:
    is_encrypted = port.security != "plaintext"
    kind = _KINDS.get(seen.code, "certificate_faulty") if seen.code != "works" else None
    if kind == "starttls_missing" and not is_encrypted:
        kind = "plaintext_only"
    # Where nobody is told to encrypt, what is wrong with the encryption misleads nobody.
    if kind is not None and (is_encrypted or kind not in ("tls_faulty", "certificate_faulty")):
        yield kind, seen.message_key, seen.params
    if not is_encrypted:
        return
    if seen.code == "works" and seen.not_after is not None and (days := (seen.not_after - now).days) < EXPIRING_DAYS:
        yield "certificate_expiring", "verify.certificate_expiring", {"days": days}
    if old is not None and None not in (old.certificate, seen.certificate) and old.certificate != seen.certificate:
        same = old.issuer == seen.issuer
        yield (
            "certificate_changed",
            "verify.certificate_changed" if same else "verify.certificate_changed_issuer",
            {"before": old.issuer or "", "now": seen.issuer or ""},
        )
