"""The reader's index: read from disk it finds just what it finds when it was made in this process."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bot.kb.load import load_lookup, shipped_root
from bot.kb.lookup import Lookup
from bot.match.index import Index, build_index
from bot.match.lexicon import Lexicon
from bot.match.model import Utterance
from bot.match.phrases import PhraseIndex
from bot.match.reader import Reader
from bot.match.similar import Similar
from bot.match.vocabulary import build_lexicon

QUESTIONS = [
    "エックスサーバーのIMAPのポートは？",
    "gmal と thunderbrid の設定を教えて",
    "サンダバードでメールサーバーに繋がらない",
    "what does 0x800CCC0E mean?",
    "535 5.7.8 が出ます",
    "taro@gmail.com の受信サーバー",
    "smtp.office365.com 587",
    "how do I set up my mail on an iphone, and which port is for sending?",
    "アプリパスワードって何ですか",
    "out look に追加したい",
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a first start has left its forms."""
    folder = tmp_path_factory.mktemp("cache")
    Reader(load_lookup([shipped_root()], folder))
    assert list(folder.glob("reader-*.msgpack"))
    return folder


@pytest.fixture(scope="module")
def stored(cache: Path) -> Reader:
    """A reader that took its index from disk."""
    return Reader(load_lookup([shipped_root()], cache))


@pytest.fixture(scope="module")
def made(cache: Path) -> Reader:
    """A reader that made its index."""
    return Reader(Lookup(load_lookup([shipped_root()], cache).knowledge))


@pytest.mark.parametrize("text", QUESTIONS)
def test_stored_index_reads_the_same(text: str, stored: Reader, made: Reader) -> None:
    """An answer does not depend on whether the cache was there."""
    assert stored.read(Utterance(text)) == made.read(Utterance(text))


def test_stored_words_are_all_there(small: Lookup) -> None:
    """Every word of the dictionary survives being stored, with all that it stands for."""
    whole = build_lexicon(small)
    again = Lexicon(whole.stored())
    assert all(again.entries(word) == entries for word, entries in whole.words().items())
    assert again.words() == whole.words()
    assert "no such word" not in again


def test_stored_phrases_and_names_are_all_there(cache: Path) -> None:
    """Phrases and names that may be misspelt survive being written and read."""
    lookup = load_lookup([shipped_root()], cache)
    index = msgspec.msgpack.decode(msgspec.msgpack.encode(build_index(lookup, {})), type=Index)
    phrases = PhraseIndex(index.exact, index.near)
    assert index.exact
    assert len(phrases) >= len(index.exact)
    assert all(phrases.exact(form) == meaning for form, meaning in index.exact.items())
    fresh, again = Similar(build_lexicon(lookup)), Similar(Lexicon(index.words), index.names)
    text = "gmial thunderbrid エックスサーバ"
    assert fresh.find(text, text)
    assert again.find(text, text) == fresh.find(text, text)
