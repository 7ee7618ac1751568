"""Read a question: fold it, find its slots, score its intents, and carry on a conversation.

Built once from the knowledge and then only read, so one reader serves every task at once.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from bot.kb.lookup import Lookup
from bot.kb.model import Language
from bot.match import families
from bot.match.definition import find_defined
from bot.match.facts import Facts, is_question, state_facts
from bot.match.followup import continue_conversation
from bot.match.half_named import complete_names
from bot.match.index import load_index
from bot.match.lexicon import Lexicon, Span
from bot.match.machine import find_machine_text, without_foreign_names
from bot.match.model import Context, IntentScore, Reading, Slots, Utterance
from bot.match.parts import split_parts
from bot.match.phrases import PhraseIndex, mask, normalise
from bot.match.rules import Rules
from bot.match.score import combine
from bot.match.slots import Finder, Places
from bot.match.small_words import only_small_words
from bot.match.unknown import find_unknown
from bot.text.fold import fold
from bot.text.language import detect_language
from bot.text.markup import plain_text, quoted_lines
from bot.text.pattern import LazyPattern
from bot.text.redact import redact_question

_SHORT_SURFACES: Final = frozenset({"slash", "dm", "mention", "shortcut"})
_LONGEST: Final = 4_000
"""Characters of folded text that are read."""
_SURE_OF_MACHINES: Final = 0.96
_AT_HOME: Final = frozenset(
    {"smtp_auth", "app_password", "encryption_choice", "username_forms", "auth_method", "oauth2"}
)
"""Articles about one's own account; an error related to none of them lies with the other side or the way there."""
_SURE: Final = 0.86
"""From here on only an exact phrase could change the outcome; similar ones are not looked for."""
_NAMING_KINDS: Final = frozenset(
    {
        "provider",
        "client",
        "maybe_provider",
        "maybe_client",
        "protocol",
        "direction",
        "security",
        "port",
        "term",
        "host",
        "address",
        "code",
        "reply",
        "error",
        "service",
    }
)
_NAMING_CONCEPTS: Final = frozenset(
    {
        "port",
        "server",
        "server_name",
        "settings",
        "mail",
        "encryption",
        "username",
        "password",
        "account",
        "authentication",
        "app_password",
        "certificate",
        "program",
        "overview",
        "cannot_send",
        "cannot_receive",
        "cannot_sign_in",
        "follow_up",
        "port_range",
    }
)
_MANNERS: Final = frozenset({"greeting", "thanks", "you"})
"""Classes of words that make a bare "587" polite."""
_SAYING_NOTHING: Final = frozenset({"is", "use", "using", "please", "need", "have"})
"""Words of a sentence like "it is Gmail" that are concepts elsewhere."""
_GENERAL_TERMS: Final = frozenset({"protocol", "port_number", "mail_server"})
"""Words that stand beside the one that is asked about: "do mail protocols use UDP?"."""


class Reader:
    """Reads utterances with the words, rules and phrases of one knowledge."""

    def __init__(self, lookup: Lookup) -> None:
        """Build every index.

        Args:
            lookup: The knowledge, with its documents `terms`, `intents` and `phrases/…`.
        """
        self._lookup = lookup
        self._rules = Rules(lookup.document("intents"))
        index = load_index(lookup, self._rules.article_intents)
        self._finder = Finder(lookup, Lexicon(index.words), index)
        self._phrases = PhraseIndex(index.exact, index.near)
        self._known_ports = frozenset(port.port for port in lookup.knowledge.ports)

    def read(self, utterance: Utterance, context: Context | None = None) -> Reading:
        """Read one utterance.

        Args:
            utterance: The text and where it came from.
            context: What the conversation remembers, if there is one.

        Returns:
            The reading; every text gives one, however long or odd.
        """
        kept = redact_question(utterance.text)
        clean = plain_text(kept.text)
        # One character can fold to eighteen (\ufdfa), so the length is bounded here too.
        text = fold(clean, keep_lines=True)[:_LONGEST]
        about_mail = context is not None and context.intent is not None and context.intent not in families.SOCIAL
        places = self._finder.find(text, short=utterance.surface in _SHORT_SURFACES, about_mail=about_mail)
        text = places.text  # with its spelling mended
        machine = find_machine_text(text)
        written = places
        if machine is not None:
            places = without_foreign_names(places, machine)
        fragment = _is_fragment(places)
        language = _choose_language(utterance, context, detect_language(clean), fragment=fragment, text=text)
        reading = self._read_places(places, language, fragment=fragment, context=context if about_mail else None)
        decisive = self._finder.decisive_error(places) if machine is not None else None
        if decisive is not None:
            own = self._finder.collect(written, language=language).providers
            reading = _about_error(reading, decisive, self._lookup, own)
        reading = replace(reading, redacted_text=kept.text, redacted=kept.found)
        quoted = self._read_quoted(utterance, reading) if context is None else None
        context = context or quoted
        if context is not None:
            reading = self._complete_names(reading, context, text)
            reading = continue_conversation(reading, context, places, self._rescore)
        if quoted is not None and not reading.scores and utterance.surface != "channel":
            reading = _repeat(reading, quoted)
        if not reading.is_follow_up and decisive is None:
            parts = split_parts(reading, places, self._read_part)
            if parts:
                reading = replace(reading, parts=parts)
        return reading

    def _read_quoted(self, utterance: Utterance, own: Reading) -> Context | None:
        """Take the quoted lines of a message that names nothing itself as what was said before: 「> Xserver IMAP」."""
        if own.facts & {"named", "off_topic", "thanks"}:
            return None
        quoted = quoted_lines(utterance.text)
        if not quoted:
            return None
        earlier = self.read(replace(utterance, text=quoted))
        return Context(earlier.slots, earlier.scores[0].intent, earlier.language) if earlier.scores else None

    def _complete_names(self, reading: Reading, context: Context, text: str) -> Reading:
        slots = complete_names(text, reading.slots, context, self._lookup)
        if slots is reading.slots:
            return reading
        scores, names = self._rescore(slots, reading.facts)
        return replace(reading, slots=slots, scores=tuple(scores), facts=names)

    def _read_places(self, places: Places, language: Language, *, fragment: bool, context: Context | None) -> Reading:
        spoken_of = (*context.slots.providers, *context.slots.clients) if context is not None else ()
        slots = self._finder.collect(places, language=language, about_mail=context is not None, spoken_of=spoken_of)
        unknown = find_unknown(places, language, known=bool(slots.providers))
        facts = self._facts(slots, places, language, fragment=fragment, unknown=unknown)
        scores = self._score(facts, places, slots, language)
        scores = self._name_articles(scores, places.text, places.spans, slots)
        slots, scores = _take_errors(slots, scores)
        speaker = self._lookup.error(slots.errors[0]) if slots.errors and not slots.clients else None
        if speaker is not None and speaker.client is not None:
            slots = replace(slots, clients=(speaker.client,))  # nobody else says so
        return Reading(language, slots, tuple(scores), "", redacted=False, facts=facts.names, unknown=unknown)

    def _read_part(
        self, places: Places, part: tuple[int, int], language: Language, inherited: Slots
    ) -> tuple[Facts, Slots, list[IntentScore]]:
        """Read one sentence, with the provider and program that the whole message names."""
        slots = self._finder.collect(places, language=language, part=part)
        slots = replace(
            slots, providers=slots.providers or inherited.providers, clients=slots.clients or inherited.clients
        )
        spans = tuple(span for span in places.spans if part[0] <= span.start < part[1])
        question = is_question(places.text[part[0] : part[1]], language)
        facts = state_facts(
            slots,
            question=question,
            fragment=False,
            groups=self._rules.groups,
            text=places.text,
            spans=spans,
            known_ports=self._known_ports,
        )
        scores = self._name_articles(self._rules.score(facts.names), places.text, spans, slots)
        return facts, slots, scores

    def _rescore(self, slots: Slots, facts: frozenset[str]) -> tuple[list[IntentScore], frozenset[str]]:
        """Score again with slots that a conversation added."""
        kept = facts & (slots.concepts | {"question", "fragment", "ssl_and_tls", "unknown_service"})
        stated = state_facts(
            slots,
            question="question" in kept,
            fragment="fragment" in kept,
            groups=self._rules.groups,
            known_ports=self._known_ports,
        )
        names = stated.names | kept
        return self._rules.score(names), names

    def _facts(
        self, slots: Slots, places: Places, language: Language, *, fragment: bool, unknown: tuple[str, ...]
    ) -> Facts:
        return state_facts(
            slots,
            question=is_question(places.core, language),
            fragment=fragment,
            groups=self._rules.groups,
            text=places.text,
            spans=places.spans,
            unknown=unknown,
            known_ports=self._known_ports,
        )

    def _score(self, facts: Facts, places: Places, slots: Slots, language: Language) -> list[IntentScore]:
        scores = self._rules.score(facts.names)
        phrases = self._phrases
        raw = normalise(places.core)
        exact = phrases.exact(raw)
        if exact is not None and not self._rules.excludes(exact[0], facts.names):
            scores.append(IntentScore(exact[0], 0.97, "phrase: as written", exact[1]))
        elif not scores or scores[0].confidence < _SURE:
            similar = self._score_phrases(phrases, raw, mask(places.text, places.spans), slots, language)
            scores += [score for score in similar if not self._rules.excludes(score.intent, facts.names)]
        return combine(scores)

    def _score_phrases(
        self, phrases: PhraseIndex, raw: str, masked: str, slots: Slots, language: Language
    ) -> list[IntentScore]:
        scores: list[IntentScore] = []
        for score in phrases.score((raw, masked)):
            weight = self._rules.phrase_weights.get(score.intent, 1.0)
            if score.article is None or self._same_subject(score.why, slots, language):
                scores.append(replace(score, confidence=round(score.confidence * weight, 3)))
        return scores

    def _same_subject(self, why: str, slots: Slots, language: Language) -> bool:
        """Return whether an example question names the same ports and protocols: IMAP/POP is not IMAP/SMTP."""
        text = fold(why.partition(": ")[2])
        other = self._finder.collect(self._finder.find(text, short=False), language=language)
        return (
            set(other.protocols) == set(slots.protocols)
            and set(other.ports) == set(slots.ports)
            and set(other.directions) == set(slots.directions)
            and set(other.securities) == set(slots.securities)
            and set(other.clients) == set(slots.clients)
        )

    def _name_articles(
        self, scores: list[IntentScore], text: str, spans: tuple[Span, ...], slots: Slots
    ) -> list[IntentScore]:
        """Say which article explains: the one whose meaning is asked for, else the first that is named."""
        article = find_defined(text, spans) or _foremost_term(spans, slots)
        named = []
        for score in scores:
            if score.intent == "explain_term" and score.article is None:
                if article is None or self._lookup.article(article) is None:
                    continue
                score = replace(score, article=article, intent=self._rules.article_intents.get(article, score.intent))
            elif score.article is not None and ":" not in score.article and self._lookup.article(score.article) is None:
                continue
            named.append(score)
        return named


def _about_error(reading: Reading, error: str, lookup: Lookup, named: tuple[str, ...]) -> Reading:
    """Read a bounce or log as asking about the error of its decisive line.

    "Only mail to Gmail bounces": a service named beside it or in it is the asker's own only where signing in or
    encryption failed.
    """
    score = IntentScore("explain_error", _SURE_OF_MACHINES, "the decisive line of a bounce or log")
    others = tuple(score for score in reading.scores if score.intent != "explain_error")
    entry = lookup.error(error)
    at_home = entry is not None and not _AT_HOME.isdisjoint(entry.related)
    providers = (reading.slots.providers or named) if at_home else ()
    slots = replace(reading.slots, errors=(error,), providers=providers)
    return replace(reading, slots=slots, scores=(score, *others))


def _repeat(reading: Reading, quoted: Context) -> Reading:
    """Read 「これって何？」 below a quotation as asking what the quoted lines ask."""
    article = next(iter(quoted.slots.terms), None) if quoted.intent == "explain_term" else None
    score = IntentScore(quoted.intent or "", _SURE, "the quoted lines", article)
    return replace(reading, slots=quoted.slots, scores=(score,), is_follow_up=True)


def _foremost_term(spans: tuple[Span, ...], slots: Slots) -> str | None:
    """Return the first term that is no protocol: "is SMTP TCP or UDP" asks about TCP and UDP."""
    protocols = {(span.start, span.end) for span in spans if span.kind == "protocol"}
    terms = [
        span.value
        for span in spans
        if span.kind == "term" and (span.start, span.end) not in protocols and span.how != "inside"
    ]
    exact = [term for term in terms if term not in _GENERAL_TERMS]
    return next(iter((*exact, *terms, *slots.terms)), None)


def _is_fragment(places: Places) -> bool:
    """Return whether a message is names, numbers and codes and hardly a word more."""
    if len(places.core) > 60 or not places.spans:
        return False
    if not all(
        span.kind in _NAMING_KINDS
        or (
            span.kind == "concept"
            and (span.value in _NAMING_CONCEPTS or span.value in _MANNERS or span.word in _SAYING_NOTHING)
        )
        for span in places.spans
        if span.how != "inside" and not _doubled(span, places.spans)
    ):
        return False
    named = any(span.kind in _NAMING_KINDS or span.value in _NAMING_CONCEPTS for span in places.spans)
    return named and only_small_words(places.rest)


def _doubled(span: Span, spans: tuple[Span, ...]) -> bool:
    """Return whether the same place also has a naming meaning: "set" in settings, "login" as user name."""
    return span.kind == "concept" and any(
        other is not span
        and other.start == span.start
        and other.end == span.end
        and (other.kind in _NAMING_KINDS or (other.kind == "concept" and other.value in _NAMING_CONCEPTS))
        for other in spans
    )


def _choose_language(
    utterance: Utterance, context: Context | None, detected: Language | None, *, fragment: bool, text: str
) -> Language:
    """Return the language of the answer: explicit choice, message, conversation, locale, English.

    A bare "gmail imap" is written the same by everyone; it speaks English only where nothing else tells.
    """
    if utterance.chosen_language is not None:
        return utterance.chosen_language
    asked = _asked_language(text)
    if asked is not None:
        return asked
    remembered = context.language if context is not None else None
    local: Language | None = None
    if utterance.locale:
        local = "ja" if utterance.locale.lower().startswith("ja") else "en"
    if detected is not None and not (fragment and detected == "en"):
        return detected
    return remembered or local or detected or "en"


_ASKED_JAPANESE: Final = LazyPattern(
    r"(?:日本語|にほんご)(?:で(?!す|の)|に(?:して|切|変|戻)|でお願い)|\bin japanese\b|\b(?:reply|answer|speak|respond|switch|language|write)(?: (?:in|to))? japanese\b"
)
_ASKED_ENGLISH: Final = LazyPattern(
    r"(?:英語|えいご)(?:で(?!す|の)|に(?:して|切|変|戻)|でお願い)|\bin english\b|\b(?:reply|answer|speak|respond|switch|language|write)(?: (?:in|to))? english\b"
)


def _asked_language(text: str) -> Language | None:
    """Return the language that the message itself asks for: 英語で, "in Japanese please"."""
    japanese, english = bool(_ASKED_JAPANESE.search(text)), bool(_ASKED_ENGLISH.search(text))
    if japanese == english:
        return None
    return "ja" if japanese else "en"


def _take_errors(slots: Slots, scores: list[IntentScore]) -> tuple[Slots, list[IntentScore]]:
    """Turn an error found by its example question into the slot where errors belong."""
    errors = list(slots.errors)
    kept: list[IntentScore] = []
    for score in scores:
        if score.article is not None and score.article.startswith("error:"):
            if not slots.errors and score.confidence >= 0.6:
                errors.append(score.article[6:])
            kept.append(replace(score, article=None))
        else:
            kept.append(score)
    if not errors and any(score.intent in families.TROUBLE and score.confidence >= 0.78 for score in kept):
        # A code that we do not know is no reason to forget that mail cannot be sent.
        kept = [score for score in kept if score.intent != "explain_error"]
    return (replace(slots, errors=tuple(dict.fromkeys(errors))), kept)
