"""One knowledge and one reader for all utterances."""

from __future__ import annotations

import pytest

from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.match.reader import Reader


@pytest.fixture(scope="session")
def lookup() -> Lookup:
    """The knowledge that is shipped."""
    return Lookup(load_knowledge([shipped_root()]))


@pytest.fixture(scope="session")
def reader(lookup: Lookup) -> Reader:
    """A reader of the shipped knowledge."""
    return Reader(lookup)
