"""What is to be probed: a host and its ports, each with its protocol and the way its encryption starts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from bot.errors import BotError
from bot.kb.model import Protocol, Security
from bot.kb.ports import PORT_PROTOCOL, PORT_SECURITY

USUAL_PORTS: Final = (993, 995, 465, 587, 143, 110, 4190)
"""All but 25: from most places that one cannot be judged, so it is probed only when asked for."""


Start = Literal["implicit_tls", "starttls"]


@dataclass(frozen=True)
class PortPlan:
    """One port to be probed."""

    port: int
    protocol: Protocol
    security: Start
    """How the connection starts; a port without encryption is probed as `starttls`, and the facts say what is offered."""


@dataclass(frozen=True)
class ProbePlan:
    """One host to be probed."""

    host: str
    """As `normalise_host` returns it; certificates are held against it."""
    ports: tuple[PortPlan, ...]
    ca_file: str | None = None
    """Roots to trust instead of the system's."""
    checks_old_tls: bool = True
    """Ask in a second connection whether TLS 1.0 and 1.1 are still accepted."""
    tries_tls_on_silence: bool = True
    """Try in a second connection whether a silent port speaks TLS."""


def plan_probe(host: str, ports: Iterable[int] = USUAL_PORTS, *, ca_file: str | None = None) -> ProbePlan:
    """Plan a probe of known mail ports.

    Args:
        host: As `normalise_host` returns it.
        ports: Known mail ports, in the order in which they are shown.
        ca_file: Roots to trust instead of the system's.

    Raises:
        BotError: A port is no mail port.
    """
    return ProbePlan(host, plan_ports(ports), ca_file)


def plan_ports(ports: Iterable[int]) -> tuple[PortPlan, ...]:
    """Plan known mail ports, each once.

    Raises:
        BotError: A port is no mail port.
    """
    planned: list[PortPlan] = []
    for port in dict.fromkeys(ports):
        if port not in PORT_PROTOCOL:
            raise BotError("probe.port_unknown", port=port)
        planned.append(PortPlan(port, PORT_PROTOCOL[port], start_of(PORT_SECURITY[port])))
    return tuple(planned)


def start_of(security: Security) -> Start:
    """Return how a connection starts that is documented or published as *security*."""
    return "implicit_tls" if security == "implicit_tls" else "starttls"
