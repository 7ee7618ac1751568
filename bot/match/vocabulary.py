"""Fill the dictionary: names and aliases from the knowledge, words of `terms.yaml`, and how people vary them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.kb.lookup import Lookup
from bot.kb.model import Provider, Text, Words
from bot.match.lexicon import Lexicon
from bot.text.fold import fold
from bot.text.ordinary import ORDINARY_WORDS, TECHNICAL_WORDS
from bot.text.pattern import LazyPattern

_SECTIONS: Final = {
    "protocols": "protocol",
    "directions": "direction",
    "securities": "security",
    "concepts": "concept",
    "decoys": "decoy",
}
_JOINT: Final = LazyPattern("[-_ ・]")
_MAIL_END: Final = LazyPattern("(?: mail|メール)$")
_BRACKETED: Final = LazyPattern(r" ?\([^()]*\) ?")
_KATAKANA_WORD: Final = LazyPattern("[ァ-ヺー]{5,}")
_ONE_LETTER: Final = LazyPattern("[a-z][ -]")
"""C-able is no cable."""
_LONG_KATAKANA: Final = LazyPattern("(?=[ァ-ヺ]*ー)[ァ-ヺー]{3,}")
_TO_HIRAGANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_CODE: Final = LazyPattern(r"[0-9x. a-f\-]+")
_DIGITS: Final = LazyPattern(r"(?:tcp)?(?:port|ports|ポート|ポート番号)? ?\d+(?:番|番ポート| port|/tcp)?")
_OWN_CODE: Final = LazyPattern(r"(?!0x)(?=[^ ]*[a-z])(?=[^ ]*\d)[a-z0-9_.-]{4,40}")
_SHORTEST_TEXT: Final = 6
_SHORTEST_IMPORTED: Final = 4
_EVERYDAY: Final = ORDINARY_WORDS | TECHNICAL_WORDS


def build_lexicon(lookup: Lookup) -> Lexicon:
    """Collect every word that can be recognised exactly.

    Args:
        lookup: The knowledge; its document `terms` holds the words that are no names.

    Returns:
        The finished dictionary.
    """
    lexicon = Lexicon()
    terms = lookup.document("terms")
    for section, kind in _SECTIONS.items():
        for value, words in _mapping(terms.get(section)).items():
            for word in _both(words):
                for variant in _in_hiragana(fold(word)):
                    lexicon.add(variant, kind, value)
    knowledge = lookup.knowledge
    reviewed = [provider for provider in knowledge.providers if provider.evidence != "unreviewed"]
    owners = _owners(reviewed)
    for provider in reviewed:
        words = provider.names, provider.aliases, provider.ambiguous_aliases
        _add_names(lexicon, "provider", provider.id, *words, owners)
        if provider.id not in lexicon.words():  # "hey" opens many a question
            lexicon.add(provider.id.replace("_", " "), "provider", provider.id)
            lexicon.add(provider.id, "provider", provider.id)
    for word in _both(terms.get("services")):
        _add_service(lexicon, fold(word))
    for client in knowledge.clients:
        _add_names(lexicon, "client", client.id, client.names, client.aliases, client.ambiguous_aliases)
        lexicon.add(client.id, "client", client.id)
    for article in knowledge.articles:
        for word in (*article.aliases.ja, *article.aliases.en):
            folded = fold(word)
            # 587番 as an alias of an article would hide the number itself.
            if not _DIGITS.fullmatch(folded):
                for variant in _variants(folded):
                    lexicon.add(variant, "term", article.id)
    for error in knowledge.errors:
        for fragment in error.recognise.texts:
            folded = fold(fragment)
            if len(folded) >= _SHORTEST_TEXT:
                for variant in _in_hiragana(folded):
                    lexicon.add(variant, "error", error.id)
        for code in map(fold, error.recognise.codes):
            # Codes of the usual forms (0x800CCC0E, 5.7.1, 550) are read as such; one of a shape of its own is a word.
            if _OWN_CODE.fullmatch(code):
                lexicon.add(code, "error", error.id)
    for provider in knowledge.providers:
        if provider.evidence == "unreviewed":
            _add_imported(lexicon, provider)
    lexicon.finish()
    return lexicon


def _owners(providers: Iterable[Provider]) -> dict[str, set[str]]:
    """Return who claims each word as it stands, by the folded word."""
    owners: dict[str, set[str]] = {}
    for provider in providers:
        for word in (provider.names.ja, provider.names.en, *provider.aliases.ja, *provider.aliases.en):
            owners.setdefault(fold(word), set()).add(provider.id)
    return owners


def _add_names(
    lexicon: Lexicon,
    kind: str,
    id_: str,
    names: Text,
    aliases: Words,
    ambiguous: Words,
    owners: Mapping[str, set[str]] | None = None,
) -> None:
    """Add names and aliases with their spellings; a mere spelling yields to whoever claims that word as it stands.

    "Zoho Mail (India)" without its brackets would be "Zoho Mail", which is another entry.
    """
    maybe = {variant for word in (*ambiguous.ja, *ambiguous.en) for variant in _variants(fold(word))}
    for variant in maybe:
        lexicon.add(variant, f"maybe_{kind}", id_)
    for word in (names.ja, names.en, *aliases.ja, *aliases.en):
        for variant in _variants(fold(word)):
            if variant not in maybe and id_ in (owners or {}).get(variant, (id_,)):
                lexicon.add(variant, kind, id_)


def _add_imported(lexicon: Lexicon, provider: Provider) -> None:
    """Add the names of an imported entry as far as they mean nothing yet: it must not change how anything else is read.

    Some of them are everyday words ("Free", "Sky"); those entries are still found by their domains.
    """
    for word in (provider.names.ja, provider.names.en, *provider.aliases.ja, *provider.aliases.en):
        for variant in _variants(fold(word)):
            taken = any(entry.kind != "service" for entry in lexicon.words().get(variant, ()))
            if len(variant) >= _SHORTEST_IMPORTED and not taken and variant not in _EVERYDAY:
                lexicon.add(variant, "provider", provider.id)


def _add_service(lexicon: Lexicon, folded: str) -> None:
    """Add a service by name; "tuta mail" is the provider Tuta, once the knowledge holds it."""
    providers = [
        entry.value for entry in lexicon.words().get(_MAIL_END.sub("", folded), ()) if entry.kind == "provider"
    ]
    if providers:
        lexicon.add(folded, "provider", providers[0])
    else:
        lexicon.add(folded, "service", folded)


def _variants(folded: str) -> Iterable[str]:
    """Return the spellings of one name: with and without hyphen or space, without brackets, long katakana in hiragana."""
    found = [folded]
    if "(" in folded:
        found.append(_BRACKETED.sub(" ", folded).strip())
    for word in tuple(found):
        if _JOINT.search(word) and len(word) > 3 and not _ONE_LETTER.match(word):
            found += [_JOINT.sub("", word), _JOINT.sub(" ", word), _JOINT.sub("-", word)]
        if word.endswith("!"):
            found.append(word[:-1])
        elif _KATAKANA_WORD.fullmatch(word):
            # Five characters and more are nobody's everyday word: さんだーばーど. ドコモ stays apart from どこも.
            found.append(word.translate(_TO_HIRAGANA))
        else:
            found += list(_in_hiragana(word))[1:]
    return dict.fromkeys(word for word in found if len(word) > 1)


def _in_hiragana(word: str) -> tuple[str, ...]:
    """Return the word, and as some write it: さーばー, めーるぼっくす. The long vowel keeps it apart from everyday words."""
    written = _LONG_KATAKANA.sub(lambda match: match[0].translate(_TO_HIRAGANA), word)
    return (word,) if written == word else (word, written)


def _both(words: Any) -> Iterable[str]:
    for language in ("ja", "en"):
        for word in _mapping(words).get(language) or ():
            if isinstance(word, str):
                yield word


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def error_codes(lookup: Lookup) -> dict[str, list[str]]:
    """Return the ids of the errors of the knowledge by each of their folded codes."""
    codes: dict[str, list[str]] = {}
    for error in lookup.knowledge.errors:
        for code in error.recognise.codes:
            codes.setdefault(fold(code), []).append(error.id)
    return codes


def provider_hosts(lookup: Lookup) -> dict[str, list[str]]:
    """Return provider ids by host name, address domain and MX suffix; those of `sv*.xserver.jp` by `xserver.jp`."""
    hosts: dict[str, list[str]] = {}
    for provider in lookup.knowledge.providers:
        # Who owns a domain comes before those who only have servers in it.
        for domain in provider.domains:
            hosts.setdefault(domain.lower().removeprefix("*."), []).append(provider.id)
    for provider in lookup.knowledge.providers:
        names = [*provider.mx_suffixes]
        names += [server.hostname for server in provider.servers if server.hostname]
        names += [
            server.hostname_pattern.rpartition("*")[2].lstrip(".")
            for server in provider.servers
            if server.hostname_pattern
        ]
        for name in names:
            ids = hosts.setdefault(name.lower().removeprefix("*."), [])
            if provider.id not in ids:
                ids.append(provider.id)
    return hosts
