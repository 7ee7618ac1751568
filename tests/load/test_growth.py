"""Many providers are no harder to tell apart than a few."""

from __future__ import annotations

from bot.answer.engine import Engine
from bot.bench.growth import grow
from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.match.model import Utterance


def test_each_of_a_thousand_invented_services_is_found_by_its_own_question() -> None:
    """A service among thirteen hundred is named by its own question, and the shipped ones are still found."""
    shipped = Lookup(load_knowledge([shipped_root()]))
    grown = grow(shipped, 1_000)
    engine = Engine(grown)
    entries = grown.knowledge.providers
    assert len(entries) == len(shipped.knowledge.providers) + 1_000
    lost = []
    for entry in entries[::7]:
        for ask in (*entry.asks.ja, *entry.asks.en):
            found = engine.answer(Utterance(ask)).reading.slots.providers
            if entry.id not in found:
                lost.append((entry.id, ask, found))
    assert not lost
