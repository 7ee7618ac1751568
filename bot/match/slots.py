"""From places in a text to slots: what was named, what was taken back, what stays ambiguous."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from bot.kb.lookup import Lookup
from bot.kb.ports import LAST_PORT
from bot.match.ambiguity import settle
from bot.match.index import Index
from bot.match.lexicon import Lexicon, Span
from bot.match.machine import decisive, is_exact
from bot.match.model import Slots
from bot.match.numbers import RANGE_ENDS, find_numbers
from bot.match.similar import Similar
from bot.match.spelling import mend_spelling, spelling_words
from bot.match.tokens import find_tokens
from bot.match.vocabulary import error_codes, provider_hosts
from bot.text.manners import cut_core, find_core
from bot.text.pattern import LazyPattern

MANNERS: Final = frozenset({"greeting", "thanks", "solved"})
"""Classes of words that are polite and ask nothing."""
_MAIL_CONCEPTS: Final = frozenset(
    {"mail", "port", "server", "encryption", "cannot_send", "cannot_receive", "authentication"}
)
_MAIL_KINDS: Final = frozenset(
    {
        "provider",
        "client",
        "protocol",
        "security",
        "direction",
        "term",
        "host",
        "address",
        "maybe_provider",
        "maybe_client",
        "error",
    }
)
_DENIABLE: Final = frozenset(
    {"provider", "client", "protocol", "security", "direction", "port", "maybe_provider", "maybe_client"}
)
# IMAPじゃなくて, Gmail以外, 587番ではなく
_DENIED_AFTER: Final = LazyPattern(
    r"(?:メール|サーバー|番|ポート|の方|のほう|接続|アプリ)?(?:じゃな|ではな|でな[くい]|じゃね|でわな|以外|ではありません|じゃありません|を(?:やめ|使わず|使わな)|は(?:使わ|使って(?:い)?な|不要|いらな)|をやめ)"
)
_DENIED_BEFORE: Final = LazyPattern(
    r"(?:\bnot|\bnot with|\bnot using|\binstead of|\brather than|\bother than|\bwithout|\bexcept|\bdon'?t use|\bnot on|\bnot in|\bnot for|\bno longer using|\bstopped using)(?: the| my| a| an| via| port)? $"
)


class Places(msgspec.Struct, frozen=True, gc=False):
    """A folded text, every place in it that was understood, and what is left over."""

    text: str
    spans: tuple[Span, ...]
    rest: str
    """The text with everything understood blanked out by `\\0`, and the polite words around it."""
    core: str
    """The text without the polite words around it."""


class Finder:
    """Finds slots in folded text. Built once from the knowledge."""

    def __init__(self, lookup: Lookup, lexicon: Lexicon, index: Index | None = None) -> None:
        """Take what is looked words up in.

        Args:
            lookup: The knowledge.
            lexicon: Its exact words.
            index: Made from it before; without one, what is needed of it is made here.
        """
        self._lookup = lookup
        self._lexicon = lexicon
        self._similar = Similar(lexicon, index.names if index else None)
        self._codes = index.codes if index else error_codes(lookup)
        self._code_parts: dict[str, frozenset[str]] | None = None
        self._hosts = index.hosts if index else provider_hosts(lookup)
        self._spelling_stored = index.spelling if index else None
        self._spelling: dict[str, list[str]] | None = None
        self._slips: dict[tuple[str, str, int], list[str]] | None = None

    def find(self, text: str, *, short: bool, about_mail: bool = False) -> Places:
        """Find every word, name, number and code in *text*.

        Args:
            text: Folded.
            short: The surface accepts bare fragments (a command, a direct message, a mention), so that 587 is a port.
            about_mail: The conversation is about settings already, so that a bare 143 is a port.
        """
        spans, rest = self._look_up(text)
        mended = mend_spelling(text, rest, self._spelling_words())
        if mended is not text:
            text = mended
            spans, rest = self._look_up(text)
        start, end = find_core(text)
        core = cut_core(text, start, end)
        if any("0" <= character <= "9" for character in rest):
            numbers = find_numbers(
                text,
                rest,
                mail_near=about_mail
                or any(
                    span.kind in _MAIL_KINDS or (span.kind == "concept" and span.value in _MAIL_CONCEPTS)
                    for span in spans
                ),
                asked=short,
                bare=short and len(core) <= 12 and not _LETTERS.search(rest),
                port_word=any(span.kind == "concept" and span.value == "port" for span in spans),
            )
            spans += numbers
            rest = _blank(rest, numbers)
        if end - start < len(text):
            # "Sorry to bother you" asks nothing of the bot: polite words are polite and no more.
            spans = [s for s in spans if s.kind != "concept" or s.value in MANNERS or start <= s.start < end]
            rest = "\0" * start + rest[start:end] + "\0" * (len(text) - end)
        spans.sort(key=lambda span: (span.start, span.how == "inside", -span.end))
        return Places(text, tuple(spans), rest, core)

    def _look_up(self, text: str) -> tuple[list[Span], str]:
        """Find tokens, words and misspelt names; return them and what is left over."""
        tokens = find_tokens(text, knows=self._knows)
        masked = _blank(text, tokens)
        words = self._lexicon.scan(masked)
        rest = _blank(masked, words)
        typos = self._similar.find(rest, masked)
        return tokens + words + typos, _blank(rest, typos)

    def _spelling_words(self) -> dict[str, list[str]]:
        if self._spelling is None:
            stored = self._spelling_stored
            if stored is None:
                self._spelling = spelling_words(self._lexicon)
            else:
                self._spelling = msgspec.msgpack.decode(stored, type=dict[str, list[str]])
        return self._spelling

    def _knows(self, word: str) -> bool:
        return word in self._lexicon

    def collect(
        self,
        places: Places,
        *,
        language: str,
        part: tuple[int, int] | None = None,
        about_mail: bool = False,
        spoken_of: Iterable[str] = (),
    ) -> Slots:
        """Put the spans of a text, or of one part of it, into slots.

        Args:
            places: What `find` returned.
            language: Language of the message; 「ヤフー」 in Japanese is another company than "yahoo" in English.
            part: Start and end of the sentence that is meant; None for all.
            about_mail: The conversation is about somebody's mailbox already.
            spoken_of: Ids of the providers and programs that it is about.
        """
        spans = [span for span in places.spans if part is None or part[0] <= span.start < part[1]]
        spans = _without_denied(places.text, spans)
        providers = [span.value for span in spans if span.kind == "provider"]
        clients = [span.value for span in spans if span.kind == "client"]
        hosts = [span.value for span in spans if span.kind == "host"]
        domains = [span.value for span in spans if span.kind == "address"]
        for name in domains + hosts:
            ids = self.providers_of(name)
            providers += [id_ for id_ in ids if id_ in spoken_of][:1] or ids[:1]
        concepts = {span.value for span in spans if span.kind == "concept"}
        concepts |= {span.value for span in spans if span.kind == "decoy"}
        if any(host.startswith("www.") for host in hosts):
            concepts.add("not_ours")
        numbers = [int(span.value) for span in spans if span.kind == "port"]
        if RANGE_ENDS.intersection(numbers):
            concepts.add("port_range")
        if any(number > LAST_PORT for number in numbers):
            concepts |= {"port_range", "invalid_port"}
        settled = settle(
            places.text,
            spans,
            providers,
            clients,
            concepts,
            language=language,
            lookup=self._lookup,
            about_mail=about_mail,
            spoken_of=spoken_of,
        )
        accounts = _without_pages(settled.providers, settled.clients, self._lookup)
        codes = [span.value for span in spans if span.kind in ("code", "reply")]
        errors = self._errors_by_evidence(codes, [span for span in spans if span.kind == "error"])
        securities = [span.value for span in spans if span.kind == "security"]
        if "plaintext" in securities and "starttls" not in securities:
            # SSLなし names SSL only to deny it.
            securities = [value for value in securities if value == "plaintext" or _stands_alone(value, spans)]
        values: dict[str, Any] = {
            "providers": _unique(accounts),
            "clients": _unique(settled.clients),
            "protocols": _unique(span.value for span in spans if span.kind == "protocol"),
            "directions": _unique(span.value for span in spans if span.kind == "direction"),
            "securities": _unique(securities),
            "ports": _unique(number for number in numbers if number not in RANGE_ENDS and number <= LAST_PORT),
            "hosts": _unique(hosts),
            "domains": _unique(domains),
            "error_codes": _unique(codes),
            "errors": _unique(errors),
            "terms": _unique(span.value for span in spans if span.kind == "term"),
            "concepts": frozenset(concepts),
            "ambiguous": settled.ambiguous,
        }
        return Slots(**values)

    def providers_of(self, name: str) -> list[str]:
        """Return the providers that a host or domain belongs to, by its nearest known parent; empty if unknown."""
        whole = name
        while "." in name:
            if name in self._hosts:
                return self._hosts[name]
            name = name.partition(".")[2]
        return self._nearly(whole)

    def _nearly(self, name: str) -> list[str]:
        """Return the providers of the known domain that *name* misspells by one letter: outlok.com, gmial.com.

        Not the first letter, and no short names: ymail.com and icn.ne.jp are other companies than gmail.com and ocn.ne.jp.
        """
        word, _, rest = name.partition(".")
        if len(word) < _SHORTEST_MISSPELT:
            return []
        from rapidfuzz.distance import OSA  # as in similar.py, only where it is needed

        if self._slips is None:
            self._slips = _by_start(self._hosts)
        for length in (len(word), len(word) - 1, len(word) + 1):
            for known in self._slips.get((rest, word[0], length), ()):
                if OSA.distance(known, word) == 1:
                    return self._hosts[f"{known}.{rest}"]
        return []

    def _errors_by_evidence(self, codes: Sequence[str], texts: Sequence[Span]) -> list[str]:
        """Return the errors of codes and texts: words that say why come before a code that says only "refused"."""
        said = [span.value for span in texts]
        if said and not any(map(is_exact, codes)):
            return said
        if any(len(span.word) >= _TELLING for span in texts):
            return [*said, *self._errors_of(codes)]
        return [*self._errors_of(codes), *said]

    def decisive_error(self, places: Places) -> str | None:
        """Return the one error that a bounce or log is about."""
        seen = {span.value for span in places.spans if span.kind in ("code", "reply")}
        known = {code: parts for code, parts in self._parts_of_codes().items() if parts <= seen}
        # `552` says nothing beside `552 5.2.2`.
        least = {code for code, parts in known.items() if any(parts < other for other in known.values())}
        # Mail wraps its lines, and a message may hold a code or an address in its middle: read it once more as one line.
        line = _LINE_BREAKS.sub(" ", places.text)
        texts = [span for span in self._lexicon.scan(line) if span.kind == "error"]
        return decisive((*places.spans, *texts), {code: self._codes[code] for code in known if code not in least})

    def _parts_of_codes(self) -> dict[str, frozenset[str]]:
        if self._code_parts is None:
            self._code_parts = {code: frozenset(re.split(r"[ /]", code)) for code in self._codes}
        return self._code_parts

    def _errors_of(self, codes: Sequence[str]) -> list[str]:
        """Return the errors of the most specific known code: `535 5.7.8` before `5.7.8` before `535`."""
        if not codes:
            return []
        seen = set(codes)
        matching = [code for code, parts in self._parts_of_codes().items() if parts <= seen]
        if not matching:
            return []
        best = max(_weight(code) for code in matching)
        return [id_ for code in matching if _weight(code) == best for id_ in self._codes[code]]


_LINE_BREAKS: Final = LazyPattern(r" *\n[ >|]*")
_TELLING: Final = 16
"""Letters of a message that leave no doubt which error it is."""
_SHORTEST_MISSPELT: Final = 4
"""Letters before the first dot of a domain that may be misspelt."""
_LETTERS: Final = LazyPattern(r"[^\W\d_]{3}")


def _without_pages(providers: Iterable[str], clients: Iterable[str], lookup: Lookup) -> list[str]:
    """Drop the provider whose own page is the named program, where another provider is the account."""
    found = list(providers)
    for id_ in clients:
        client = lookup.client(id_)
        if client is not None and client.of_provider in found and len(set(found)) > 1:
            found = [provider for provider in found if provider != client.of_provider]
    return found


def _weight(code: str) -> tuple[int, int]:
    return (len(re.split(r"[ /]", code)), len(code))


def _blank(text: str, spans: Iterable[Span]) -> str:
    """Replace the places of *spans* by `\\0`, so that nothing is read twice and nothing grows together."""
    parts: list[str] = []
    place = 0
    for span in sorted(spans, key=lambda span: span.start):
        if span.end <= place:
            continue
        start = max(place, span.start)
        parts += (text[place:start], "\0" * (span.end - start))
        place = span.end
    if not parts:
        return text
    parts.append(text[place:])
    return "".join(parts)


def _without_denied(text: str, spans: list[Span]) -> list[Span]:
    """Drop what was taken back (Gmailじゃなくてヤフー, "not gmail, yahoo"), where another of its kind remains."""
    denied = {
        (span.start, span.kind, span.value)
        for span in spans
        if span.kind in _DENIABLE
        and (_DENIED_AFTER.match(text, span.end) or _DENIED_BEFORE.search(text, max(0, span.start - 24), span.start))
    }
    if not denied:
        return spans
    kept = [span for span in spans if (span.start, span.kind, span.value) not in denied]
    kinds = {_family(span.kind) for span in kept}
    # 「465番じゃないんですか」: nothing else is named, so it is what the question is about.
    return [
        span for span in spans if (span.start, span.kind, span.value) not in denied or _family(span.kind) not in kinds
    ]


def _family(kind: str) -> str:
    return kind.removeprefix("maybe_").replace("client", "provider")


def _by_start(hosts: Iterable[str]) -> dict[tuple[str, str, int], list[str]]:
    """Return the first labels of hosts by their parent, first letter and length, where they are long enough."""
    found: dict[tuple[str, str, int], list[str]] = {}
    for host in hosts:
        label, _, parent = host.partition(".")
        if len(label) > _SHORTEST_MISSPELT:
            found.setdefault((parent, label[0], len(label)), []).append(label)
    return found


def _stands_alone(value: str, spans: list[Span]) -> bool:
    return any(span.kind == "security" and span.value == value and span.how != "inside" for span in spans)


def _unique(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))
