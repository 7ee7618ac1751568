"""A probe for the terminal: what to type in first, then what is wrong, then every port."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.probe.verdict import HostVerdict, PortVerdict

if TYPE_CHECKING:
    from bot.answer.wording import Wording
    from bot.kb.model import Language
    from bot.probe.facts import PortFacts


def probe_lines(
    verdict: HostVerdict, facts: dict[int, PortFacts], wording: Wording, language: Language, seconds: float
) -> Iterator[str]:
    """Yield the lines to print.

    Args:
        verdict: Of the host.
        facts: By port.
        wording: Says everything.
        language: Of the lines.
        seconds: That the probe took.
    """

    def say(key: str, **params: object) -> str:
        # Backticks mark literal text, which a terminal shows like any other.
        return wording.say(key, language, **params).replace("`", "")

    yield say("probe.heading", host=verdict.hostname, seconds=f"{seconds:.1f}")
    yield ""
    if verdict.recommended:
        yield say("probe.recommended")
        head = [say(f"column.{name}") for name in ("purpose", "server", "port", "encryption")]
        yield from _table(
            [
                head,
                *(
                    [
                        say(f"purpose.{each.protocol}"),
                        verdict.hostname,
                        str(each.port),
                        say(f"security.{each.security}"),
                    ]
                    for each in verdict.recommended
                ),
            ]
        )
    else:
        yield say("probe.recommended_none")
    yield ""
    yield say("probe.wrong") if verdict.wrong else say("probe.none_wrong")
    said: dict[tuple[str, str, str], list[str]] = {}
    for port in verdict.wrong:
        for finding in (port.main, *port.others):
            if finding.code != "works":
                params = dict(finding.params)
                detail = facts[port.port].detail if finding is port.main else ""
                answer = say("probe.server_said", detail=detail) if detail else ""
                lines = (say(finding.message_key, **params), say(finding.step_key, **params), answer)
                said.setdefault(lines, []).append(_port_name(port, say(f"protocol.{port.protocol}")))
    for (message, step, answer), ports in said.items():
        yield f"- {say('list.separator').join(ports)}: {message}"
        yield f"  → {step}"
        if answer:
            yield f"  {answer}"
    yield ""
    yield say("probe.details")
    head = [say("column.port"), say("probe.column_address"), say("probe.column_time"), say("probe.column_verdict")]
    yield from _table(
        [
            head,
            *(
                [
                    _port_name(port, say(f"protocol.{port.protocol}")),
                    facts[port.port].address or "-",
                    say("probe.milliseconds", ms=facts[port.port].elapsed_ms),
                    say(port.main.message_key, **dict(port.main.params)),
                ]
                for port in verdict.ports
            ),
        ]
    )
    refused = dict.fromkeys(address for each in facts.values() for address in each.refused_addresses)
    if refused:
        yield say("probe.refused_addresses", addresses=", ".join(refused))


def _port_name(port: PortVerdict, protocol: str) -> str:
    return f"{port.port} ({protocol})"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the rows with their columns aligned; a full-width letter takes two places."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)]
        yield "  " + "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
