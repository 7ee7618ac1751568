"""What the facts of a port mean. Pure: no network, no clock of its own, no sentence that a person reads.

Each verdict has one code; `knowledge/wording/{ja,en}/probe.yaml` says it (`probe.verdict.<code>`) and the next step
(`probe.next.<step>`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.kb.model import Protocol, Security
from bot.kb.ports import DELIVERY_PORT, SET_UP_PROTOCOLS
from bot.probe.certificate import judge_certificate
from bot.probe.facts import Ending, PortFacts, Stage, TlsFacts
from bot.probe.fault import Code, Finding

PASSWORD_MECHANISMS: Final = frozenset({"PLAIN", "LOGIN", "USER"})
"""Send the password as it is, so that only encryption protects it."""
_PLAIN_ENDINGS: Final[dict[Ending, tuple[Code, str]]] = {
    Ending.REFUSED: ("refused", "refused"),
    Ending.UNREACHABLE: ("unreachable", "unreachable"),
    Ending.RESET: ("reset", "reset"),
    Ending.CLOSED_EARLY: ("reset", "reset"),
    Ending.NOT_THIS_PROTOCOL: ("not_this_protocol", "not_this_protocol"),
    Ending.TOO_MUCH: ("not_this_protocol", "not_this_protocol"),
    Ending.TLS_ON_PLAIN: ("tls_on_plain_port", "use_implicit_tls"),
    Ending.PLAIN_ON_TLS: ("plain_on_tls_port", "use_starttls"),
    Ending.TEMPORARILY_REFUSED: ("temporarily_refused", "later"),
    Ending.TURNED_AWAY: ("could_not_test", "turned_away"),
    Ending.STARTTLS_REFUSED: ("starttls_broken", "starttls_broken"),
    Ending.BYTES_BEFORE_TLS: ("starttls_broken", "starttls_broken"),
    Ending.NOT_ALLOWED: ("could_not_test", "not_allowed"),
    Ending.STOPPED: ("could_not_test", "later"),
}


@dataclass(frozen=True)
class PortVerdict:
    """What one port's facts mean."""

    protocol: Protocol
    port: int
    security: Security
    """That a mail program would have to be set to; `plaintext` where the port offers nothing better."""
    main: Finding
    """`works`, or the fault that keeps a mail program from using the port or must be mended first."""
    others: tuple[Finding, ...] = ()
    """What is wrong beside it: also a port that works can offer plaintext logins or old TLS."""

    @property
    def code(self) -> Code:
        """The code of the verdict."""
        return self.main.code

    @property
    def is_usable(self) -> bool:
        """A mail program can be set to it without any warning."""
        return self.main.code == "works"

    @property
    def is_for_people(self) -> bool:
        """It is usable, and meant for mail programs."""
        return self.is_usable and self.port != DELIVERY_PORT


def preference(security: Security, port: int) -> tuple[object, ...]:
    """Return what usable ports of one protocol are sorted by, best first: TLS from the start, then 587.

    Source: RFC 8314 section 3, RFC 6409 section 3.1.
    """
    return security != "implicit_tls", port != 587, port


@dataclass(frozen=True)
class HostVerdict:
    """What all ports of a host mean together."""

    hostname: str
    ports: tuple[PortVerdict, ...]
    recommended: tuple[PortVerdict, ...]
    """The best usable port of each protocol that a person sets up: TLS from the start before STARTTLS, never plaintext."""
    wrong: tuple[PortVerdict, ...]
    """Ports with a fault that somebody should mend. A port that is closed is no fault while another one works."""


def judge_port(facts: PortFacts, hostname: str, now: datetime) -> PortVerdict:
    """Judge one port.

    Args:
        facts: What was seen.
        hostname: That the user has, or is about to type.
        now: Aware; certificates are held against it only for the days that are left, OpenSSL judged their dates.

    Returns:
        The verdict; a fault of the connection comes before faults of TLS, and these before faults of the certificate.
    """
    if facts.port == DELIVERY_PORT and facts.ending in _CUT_OFF:
        # Many networks block port 25 on the way out (OP25B), so silence says nothing about the server.
        main = [Finding("could_not_test", "port_25", variant="port_25")]
    else:
        main = _faults(facts, hostname, now) or [_works(facts, now)]
    return PortVerdict(facts.protocol, facts.port, _security(facts), main[0], (*main[1:], *_beside(facts)))


def judge_host(verdicts: tuple[PortVerdict, ...], hostname: str) -> HostVerdict:
    """Judge a host by its ports.

    Args:
        verdicts: Of all ports.
        hostname: Of the server.

    Source: RFC 8314 section 3 (TLS from the start is preferred).
    """
    recommended: list[PortVerdict] = []
    for protocol in SET_UP_PROTOCOLS:
        usable = [each for each in verdicts if each.protocol == protocol and each.is_for_people]
        recommended += sorted(usable, key=lambda each: preference(each.security, each.port))[:1]
    # A host often serves one protocol alone; closed ports are a fault only where nothing is open.
    is_served = any(each.is_usable for each in verdicts)
    wrong = tuple(
        each for each in verdicts if each.others or not (each.is_usable or (is_served and each.code in ABSENT))
    )
    return HostVerdict(hostname, verdicts, tuple(recommended), wrong)


_CUT_OFF: Final = frozenset({Ending.REFUSED, Ending.TIMED_OUT, Ending.UNREACHABLE, Ending.RESET})
_HANDSHAKE_ENDINGS: Final = frozenset({Ending.TLS_FAILED, Ending.RESET, Ending.CLOSED_EARLY})
_VARIANTS: Final = {
    Ending.TOO_MUCH: "endless",
    Ending.BYTES_BEFORE_TLS: "injected",
    Ending.CLOSED_EARLY: "closed",
    Ending.TURNED_AWAY: "turned_away",
    Ending.NOT_ALLOWED: "not_allowed",
}
ABSENT: Final = frozenset({"refused", "timed_out", "unreachable"})
"""Nothing is there: no fault of a host that serves another port."""


def _faults(facts: PortFacts, hostname: str, now: datetime) -> list[Finding]:
    """Return what keeps a mail program from using the port without a warning."""
    ending = _by_ending(facts)
    if ending is None and facts.tls is None:
        return [Finding("no_starttls", "no_starttls")]
    # The certificate was seen before the dialogue broke off: its faults are told as well.
    certificate = judge_certificate(facts.tls, hostname, now) if facts.tls is not None else []
    return certificate if ending is None else [ending, *certificate]


def _beside(facts: PortFacts) -> list[Finding]:
    """Return what should be mended although a mail program can use the port."""
    found: list[Finding] = []
    old = facts.old_tls
    if old is not None and (old.tls_1_0 or old.tls_1_1) and not _is_old(facts.tls):
        version = "TLS 1.0" if old.tls_1_0 else "TLS 1.1"
        found.append(Finding("tls_too_old", "old_tls_accepted", (("version", version),), "accepted"))
    offered = sorted(PASSWORD_MECHANISMS & set(facts.sasl_before or ()))
    if offered:
        step = "plaintext_login" if facts.tls is not None else "no_starttls"
        found.append(Finding("plaintext_login_offered", step, (("mechanisms", ", ".join(offered)),)))
    return found


def _by_ending(facts: PortFacts) -> Finding | None:
    """Judge by how the dialogue ended; None where it was completed."""
    ending = facts.ending
    said = (("spoken", facts.spoken or ""),)
    if ending is Ending.COMPLETED:
        return None
    if ending is Ending.TIMED_OUT:
        return Finding("timed_out", *(("silent", (), "silent") if facts.stage is not Stage.CONNECT else ("timed_out",)))
    if facts.stage is Stage.TLS and ending in _HANDSHAKE_ENDINGS:
        if facts.tls is not None and _is_old(facts.tls):
            return Finding("tls_too_old", "tls_too_old", (("version", _version(facts.tls.version)),))
        if facts.security == "starttls":
            return Finding("starttls_broken", "starttls_broken", said, "in_tls")
        if ending is not Ending.TLS_FAILED:
            return Finding("reset", "reset_in_tls", said, "in_tls")
    if ending is Ending.TLS_FAILED:
        return Finding("tls_failed", "tls_failed", said)
    code, step = _PLAIN_ENDINGS[ending]
    return Finding(code, step, said, _variant(facts))


def _variant(facts: PortFacts) -> str:
    if facts.ending is Ending.NOT_THIS_PROTOCOL and facts.spoken is not None:
        return "known"
    return _VARIANTS.get(facts.ending, "")


def _security(facts: PortFacts) -> Security:
    if facts.ending is Ending.TLS_ON_PLAIN:
        return "implicit_tls"
    if facts.security == "implicit_tls" or facts.starttls_offered is not False:
        return facts.security
    return "plaintext"


def _works(facts: PortFacts, now: datetime) -> Finding:
    days = (facts.tls.chain[0].not_after - now).days if facts.tls is not None and facts.tls.chain else 0
    return Finding("works", "none", (("days", days), ("version", _version(facts.tls.version) if facts.tls else "")))


def _is_old(tls: TlsFacts | None) -> bool:
    return tls is not None and tls.version in {"TLSv1", "TLSv1.1"}


def _version(name: str) -> str:
    """Return `TLS 1.2` for OpenSSL's `TLSv1.2`."""
    return "TLS 1.0" if name == "TLSv1" else name.replace("TLSv", "TLS ")
