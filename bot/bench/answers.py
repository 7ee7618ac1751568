"""How long reading and answering takes, per question, in this process."""

from __future__ import annotations

import time
from pathlib import Path

from bot.answer.engine import Engine
from bot.bench.report import Figure, at_most, percentile
from bot.cards.blocks import render_blocks
from bot.kb.load import load_lookup
from bot.kb.lookup import Lookup
from bot.kb.model import Article, Client, Provider
from bot.match.model import Utterance
from bot.settings import cache_dir, knowledge_paths

_POLITE = (
    "お世話になっております。昨日から新しいパソコンを使い始めた総務の者です。",
    "Hello everyone, sorry to bother you, I got a new laptop yesterday and I am a bit lost. ",
)
_HOSTILE = (
    "a",
    "a@a.a ",
    "<<@U1|",
    "ー",
    "カ",
    "メールサーバー",
    "password ",
    "パスワードは ",
    "> 返信です\n",
    "465/587 ",
    "thunderbrid gmal ",
    "gmail ヤフー ocn xserver さくら ",
    "受信: imap.a.jp 993 SSL 送信: smtp.a.jp 587 STARTTLS\n",
)
"""Longest messages that Slack lets anybody write, made of one piece each."""
_LONGEST = 40_000


def questions(lookup: Lookup) -> list[str]:
    """Return the example questions of the knowledge, each also with a polite opening."""
    entries: list[Provider | Client | Article] = [
        *lookup.knowledge.providers,
        *lookup.knowledge.clients,
        *lookup.knowledge.articles,
    ]
    plain = [(question, 0) for entry in entries for question in entry.asks.ja]
    plain += [(question, 1) for entry in entries for question in entry.asks.en]
    return [question for question, _ in plain] + [_POLITE[language] + question for question, language in plain]


def _reading_ms(engine: Engine, unit: str) -> float:
    text = (unit * (_LONGEST // len(unit) + 1))[:_LONGEST]
    began = time.perf_counter()
    engine.answer(Utterance(text))
    return (time.perf_counter() - began) * 1000


def _building_ms(folder: Path | None) -> float:
    """Return the process time of loading everything and building the engine, in milliseconds."""
    began = time.process_time()
    Engine(load_lookup(knowledge_paths(), folder))
    return (time.process_time() - began) * 1000


def measure(rounds: int = 5) -> list[Figure]:
    """Answer every example question *rounds* times and render its card.

    Returns:
        p50 and p99 in milliseconds, the slowest of the longest messages, and the process time of getting ready.
    """
    from_files_ms = min(_building_ms(None) for _ in range(3))
    lookup = load_lookup(knowledge_paths(), cache_dir())
    engine = Engine(lookup)
    from_cache_ms = min(_building_ms(cache_dir()) for _ in range(3))
    asked = questions(lookup)
    read_ms: list[float] = []
    card_ms: list[float] = []
    for _ in range(rounds):
        for question in asked:
            began = time.perf_counter()
            outcome = engine.answer(Utterance(question))
            answered = time.perf_counter()
            if outcome.answer is not None:
                render_blocks(outcome.answer)
            read_ms.append((answered - began) * 1000)
            card_ms.append((time.perf_counter() - answered) * 1000)
    slowest_ms = max(min(_reading_ms(engine, unit) for _ in range(3)) for unit in _HOSTILE)
    return [
        Figure("questions asked", float(len(read_ms)), ""),
        at_most("read + answer p50", percentile(read_ms, 0.50), "ms", 0.5),
        at_most("read + answer p99", percentile(read_ms, 0.99), "ms", 3.0),
        Figure("card p50", percentile(card_ms, 0.50), "ms"),
        at_most("40,000 hostile characters, the slowest kind", slowest_ms, "ms", 20.0),
        at_most("knowledge loaded, engine built (process time)", from_cache_ms, "ms", 250.0),
        Figure("the same from the files, without the cache", from_files_ms, "ms"),
    ]
