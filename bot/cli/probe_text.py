"""A probe for the terminal: what to type in first, who says so, then what is wrong, then every port."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.discovery.candidates import Origin
from bot.survey.result import HostLook, Survey, sources

if TYPE_CHECKING:
    from bot.answer.wording import Wording
    from bot.discovery.agree import Agreement, Contradiction, Discovery
    from bot.kb.model import Language
    from bot.probe.verdict import PortVerdict


def probe_lines(survey: Survey, wording: Wording, language: Language, seconds: float) -> Iterator[str]:
    """Yield the lines to print.

    Args:
        survey: Complete.
        wording: Says everything.
        language: Of the lines.
        seconds: That it took.
    """
    text = _Text(survey, wording, language)
    yield text.say("probe.heading", host=survey.target.name, seconds=f"{seconds:.1f}")
    yield ""
    yield from text.recommended()
    if survey.discovery is not None:
        yield from text.published(survey.discovery)
    yield from text.wrong()
    yield from text.ports()


class _Text:
    """The parts of the text, in one language."""

    def __init__(self, survey: Survey, wording: Wording, language: Language) -> None:
        self._survey = survey
        self._wording = wording
        self._language = language

    def say(self, key: str, **params: object) -> str:
        return self._wording.say_plain(key, self._language, **params)

    def recommended(self) -> Iterator[str]:
        """Say what to type in."""
        rows = self._survey.recommended
        if not rows:
            yield self.say("probe.recommended_none")
            yield from self._plaintext_only()
            return
        yield self.say("probe.recommended")
        names = ["purpose", "server", "port", "encryption"]
        head = [self.say(f"column.{name}") for name in names]
        knows_username = any(each.username is not None for each in rows)
        table = [
            [
                self.say(f"purpose.{each.protocol}"),
                each.hostname,
                str(each.port),
                self.say(f"security.{each.security}"),
                *([self._username(each.username)] if knows_username else []),
            ]
            for each in rows
        ]
        yield from _table([[*head, *([self.say("fact.username")] if knows_username else [])], *table])
        for hostname in dict.fromkeys(each.hostname for each in rows if each.needs_confirmation):
            yield f"- {self.say('probe.confirm', hostname=hostname)}"
        yield from self._plaintext_only()

    def _plaintext_only(self) -> Iterator[str]:
        """Name the protocols of which only plaintext is published, unless the probe has found something better."""
        better = {each.protocol for each in self._survey.recommended}
        found = self._survey.discovery.agreements if self._survey.discovery is not None else ()
        only = dict.fromkeys(each.protocol for each in found if each.plaintext_only)
        for protocol in only:
            if protocol not in better:
                yield f"- {self.say('discovery.plaintext_only', purpose=self.say(f'purpose.{protocol}'))}"

    def published(self, discovery: Discovery) -> Iterator[str]:
        """Say who names which server, where they contradict each other, and who had nothing to say."""
        named = [each for each in discovery.agreements if each.trust != "guess" or self._works(each)]
        yield ""
        if named:
            yield self.say("probe.named")
            head = [self.say(f"column.{name}") for name in ("purpose", "server", "port", "encryption")]
            head += [self.say("probe.column_named_by"), self.say("probe.column_verdict")]
            yield from _table([head, *map(self._named, named)])
        else:
            yield self.say("probe.named_none", domain=discovery.domain)
        if discovery.contradictions:
            yield ""
            yield self.say("probe.contradictions")
            for each in discovery.contradictions:
                yield from self._contradiction(each)
        reasons: dict[Origin, dict[str, None]] = {}
        for fault in discovery.faults:
            said = self.say(f"discovery.fault_{fault.reason}", status=fault.status or 0)
            reasons.setdefault(fault.origin, {})[said] = None
        if reasons:
            yield ""
            yield self.say("probe.without_settings")
            for origin, why in reasons.items():
                yield f"  {self.say('probe.side', origins=self._origin(origin), values=' '.join(why))}"

    def _works(self, agreement: Agreement) -> bool:
        verdict = self._survey.verdict_of(agreement)
        return verdict is not None and verdict.is_usable

    def _named(self, agreement: Agreement) -> list[str]:
        verdict = self._survey.verdict_of(agreement)
        by = [
            self.say("probe.source_dated", origin=self._origin(origin), date=day.isoformat())
            if day is not None
            else self._origin(origin)
            for origin, day in sources(agreement)
        ]
        return [
            self.say(f"purpose.{agreement.protocol}"),
            agreement.hostname,
            str(agreement.port),
            self.say(f"security.{agreement.security}"),
            self.say("list.separator").join(by),
            self.say("probe.not_checked")
            if verdict is None
            else self.say(verdict.main.message_key, **dict(verdict.main.params)),
        ]

    def _contradiction(self, each: Contradiction) -> Iterator[str]:
        purpose = self.say(f"purpose.{each.protocol}")
        sentence = self.say(f"discovery.contradiction_{each.kind}", purpose=purpose, hostname=each.hostname or "")
        yield f"- {sentence}"
        for side in each.sides:
            values = [self._value(each.kind, value) for value in side.values] or [self.say("probe.not_offered")]
            origins = self.say("list.separator").join(map(self._origin, side.origins))
            yield f"  {self.say('probe.side', origins=origins, values=self.say('list.separator').join(values))}"

    def _value(self, kind: str, value: str) -> str:
        if kind in ("security", "not_offered"):
            return self.say(f"security.{value}")
        return self.say(f"username.short.{value}") if kind == "username" else value

    def _origin(self, origin: Origin) -> str:
        return self.say(f"discovery.origin_{origin}")

    def _username(self, username: str | None) -> str:
        return "-" if username is None else self.say(f"username.short.{username}")

    def wrong(self) -> Iterator[str]:
        """Say what should be mended, equal sentences once."""
        looks = self._survey.shown
        wrong = [(look, port) for look in looks for port in self._survey.wrong(look)]
        if wrong or any(look.facts for look in looks):
            yield ""
        if not wrong and any(look.facts for look in looks):
            yield self.say("probe.none_wrong")
        elif wrong:
            yield self.say("probe.wrong")
        said: dict[tuple[str, str, str], list[str]] = {}
        for look, port in wrong:
            for finding in (port.main, *port.others):
                if finding.code != "works":
                    params = dict(finding.params)
                    facts = look.facts_of(port.port)
                    detail = facts.detail if facts is not None and finding is port.main else ""
                    answer = self.say("probe.server_said", detail=detail) if detail else ""
                    lines = (self.say(finding.message_key, **params), self.say(finding.step_key, **params), answer)
                    said.setdefault(lines, []).append(self._port_name(port, look, is_one_host=len(looks) == 1))
        for (message, step, answer), ports in said.items():
            yield f"- {self.say('probe.finding', ports=self.say('list.separator').join(ports), message=message)}"
            yield f"  {self.say('probe.step', step=step)}"
            if answer:
                yield f"  {answer}"

    def ports(self) -> Iterator[str]:
        """Show every port of every host that is worth a word."""
        head = [self.say("column.port"), *(self.say(f"probe.column_{name}") for name in ("address", "time", "verdict"))]
        for look in self._survey.shown:
            yield ""
            if look.error is not None:
                yield f"{look.hostname}: {self.say(look.error.message_key, **look.error.params)}"
                continue
            if self._survey.target.kind == "server":
                yield self.say("probe.details")
            else:
                yield self.say("probe.details_of", host=look.hostname)
            rows = [
                [
                    self._port_name(port, look, is_one_host=True),
                    facts.address or "-",
                    self.say("probe.milliseconds", ms=facts.elapsed_ms),
                    self.say(port.main.message_key, **dict(port.main.params)),
                ]
                for port, facts in zip(look.verdict.ports, look.facts, strict=True)
            ]
            yield from _table([head, *rows])
            refused = dict.fromkeys(address for facts in look.facts for address in facts.refused_addresses)
            if refused:
                yield self.say("probe.refused_addresses", addresses=", ".join(refused))
        silent = [look.hostname for look in self._survey.silent]
        if silent:
            yield ""
            yield self.say("probe.silent_hosts", hosts=self.say("list.separator").join(silent))

    def _port_name(self, port: PortVerdict, look: HostLook, *, is_one_host: bool) -> str:
        key = "probe.port_name" if is_one_host else "probe.port_name_of"
        return self.say(key, host=look.hostname, port=port.port, protocol=self.say(f"protocol.{port.protocol}"))


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the rows with their columns aligned; a full-width letter takes two places."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)]
        yield "  " + "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
