"""Everything a reader looks words up in, made from the knowledge once and kept on disk between starts.

Making it takes ten times as long as reading a question with it.
The parts that only some questions need stay undecoded until one does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

import msgspec

import bot.text
from bot.kb.lookup import Lookup
from bot.match.phrases import PhraseIndex
from bot.match.similar import index_names
from bot.match.spelling import spelling_words
from bot.match.vocabulary import build_lexicon, error_codes, provider_hosts

_CODE = (os.path.dirname(__file__), os.path.dirname(bot.text.__file__))  # noqa: PTH120
"""The modules that decide what an index looks like."""


class Index(msgspec.Struct, frozen=True, array_like=True):
    """What is found where."""

    words: dict[str, msgspec.Raw]
    """All exact words (`Lexicon.stored`)."""
    names: msgspec.Raw
    """What may be misspelt (`similar.Names`)."""
    spelling: msgspec.Raw
    """The words of the subject (`spelling.spelling_words`)."""
    exact: dict[str, tuple[str, str | None]]
    """Intent and article of each phrase, by its exact form."""
    near: msgspec.Raw
    """The phrases by their pieces (`PhraseIndex.stored`)."""
    codes: dict[str, list[str]]
    """Ids of errors by folded code."""
    hosts: dict[str, list[str]]
    """Ids of providers by host, domain and MX suffix."""


def load_index(lookup: Lookup, article_intents: Mapping[str, str]) -> Index:
    """Return the index of a knowledge, from its shelf where it is there.

    Args:
        lookup: The knowledge.
        article_intents: Intents that articles answer instead of `explain_term`, from `intents.yaml`.
    """
    return lookup.shelf.compiled("reader", Index, lambda: build_index(lookup, article_intents), _CODE)


def build_index(lookup: Lookup, article_intents: Mapping[str, str]) -> Index:
    """Make the index; the arguments are those of `load_index`."""
    lexicon = build_lexicon(lookup)
    phrases = _build_phrases(lookup, article_intents)
    return Index(
        words=lexicon.stored(),
        names=_encode(index_names(lexicon)),
        spelling=_encode(spelling_words(lexicon)),
        exact=phrases.exact_forms,
        near=phrases.stored(),
        codes=error_codes(lookup),
        hosts=provider_hosts(lookup),
    )


def example_questions(lookup: Lookup, article_intents: Mapping[str, str]) -> Iterator[tuple[str, str, str | None]]:
    """Yield the example questions of the knowledge, each with its intent and the article it asks for.

    Examples of articles and errors (`error:<id>`) come first: where a phrase says the same, the answer that an author wrote
    for it is the better one.
    """
    for article in lookup.knowledge.articles:
        intent = article_intents.get(article.id, "explain_term")
        yield from ((ask, intent, article.id) for ask in (*article.asks.ja, *article.asks.en))
    for error in lookup.knowledge.errors:
        yield from ((ask, "explain_error", f"error:{error.id}") for ask in (*error.asks.ja, *error.asks.en))
    for path, document in lookup.documents("phrases/").items():
        yield from ((phrase, path.rpartition("/")[2], None) for phrase in document.get("phrases", ()))


def _build_phrases(lookup: Lookup, article_intents: Mapping[str, str]) -> PhraseIndex:
    index = PhraseIndex()
    for text, intent, article in example_questions(lookup, article_intents):
        index.add(text, intent, article)
    return index


def _encode(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.msgpack.encode(value))
