"""Read which ports are to be probed, as a person types them where the usual ones will not do.

The command line and `/mailports probe` take the same words.
"""

from __future__ import annotations

from typing import Final, cast, get_args

from bot.errors import BotError
from bot.kb.model import Protocol
from bot.probe.plan import PortPlan, Start, plan_ports

_SECURITIES: Final[dict[str, Start]] = {
    "tls": "implicit_tls",
    "implicit_tls": "implicit_tls",
    "starttls": "starttls",
}
_MAX_PORTS: Final = 20


def read_ports(typed: str) -> tuple[PortPlan, ...]:
    """Read which ports are to be probed.

    Args:
        typed: Numbers of mail ports, others with their protocol and encryption; twenty at most.

    Raises:
        BotError: It cannot be read.
    """
    planned: dict[int, PortPlan] = {}
    for word in filter(None, typed.replace(",", " ").split()):
        plan = _read_port(word)
        planned.setdefault(plan.port, plan)
        if len(planned) > _MAX_PORTS:
            raise BotError("probe.ports_many", count=_MAX_PORTS)
    if not planned:
        raise BotError("probe.port_form", given="")
    return tuple(planned.values())


def _read_port(word: str) -> PortPlan:
    number, equals, kind = word.partition("=")
    given = word[:40]
    if not (number.isascii() and number.isdigit() and 0 < int(number[:6]) < 65536):
        raise BotError("probe.port_form", given=given)
    if not equals:
        return plan_ports((int(number[:6]),))[0]
    protocol, _, security = kind.lower().partition("/")
    if protocol not in get_args(Protocol) or security not in _SECURITIES:
        raise BotError("probe.port_form", given=given)
    return PortPlan(int(number[:6]), cast(Protocol, protocol), _SECURITIES[security])
