"""Which of the servers that are named for a domain are probed, and on which ports. Pure.

Few, and the most believed: a stranger's file may name twenty, and every one of them gets our connections.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.discovery.agree import Agreement
from bot.kb.ports import PORT_PROTOCOL, PORT_SECURITY, SET_UP_PROTOCOLS
from bot.probe.plan import USUAL_PORTS, PortPlan, Start, plan_ports, start_of

MOST_HOSTS: Final = 4
_MOST_PORTS: Final = 10
"""Those that a person sets up, in the order in which they are shown."""


def choose_hosts(agreements: Sequence[Agreement], most: int = MOST_HOSTS) -> tuple[str, ...]:
    """Return the hosts to probe: the best of each protocol, then the second of each.

    A guessed name is left out where anything better names a server for its protocol.

    Args:
        agreements: By protocol, the best first.
        most: Hosts at the most.
    """
    by_protocol: list[list[str]] = []
    for protocol in SET_UP_PROTOCOLS:
        own = [each for each in agreements if each.protocol == protocol]
        stated = [each for each in own if each.trust != "guess"]
        by_protocol.append(list(dict.fromkeys(each.hostname for each in stated or own)))
    longest = max(map(len, by_protocol), default=0)
    chosen = dict.fromkeys(hosts[rank] for rank in range(longest) for hosts in by_protocol if rank < len(hosts))
    return tuple(chosen)[:most]


def choose_ports(hostname: str, agreements: Sequence[Agreement]) -> tuple[PortPlan, ...]:
    """Return the ports to probe on a host: those that are named for it, and the usual ones of the same protocols.

    Args:
        hostname: One of `choose_hosts`.
        agreements: By protocol, the best first.
    """
    named = [each for each in agreements if each.hostname == hostname]
    planned: dict[int, PortPlan] = {}
    for each in named:
        planned.setdefault(each.port, PortPlan(each.port, each.protocol, _start(each)))
    protocols = {each.protocol for each in named}
    for port in plan_ports(port for port in USUAL_PORTS if PORT_PROTOCOL[port] in protocols):
        planned.setdefault(port.port, port)
    return tuple(list(planned.values())[:_MOST_PORTS])


def _start(agreement: Agreement) -> Start:
    # The standard says how a well-known port starts, whatever a stranger says of it.
    return start_of(PORT_SECURITY.get(agreement.port, agreement.security))
