"""How time and memory grow with the number of providers and programs, and with the length of a message.

Invented services with names of their own are laid over the shipped knowledge in memory. Each size is measured in a
process of its own, so that its memory is its own; the first size is the shipped knowledge alone.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TypeVar

import msgspec

from bot.answer.engine import Engine
from bot.bench.memory import resident_mb
from bot.bench.report import Figure, at_most, percentile
from bot.kb.load import load_lookup
from bot.kb.lookup import Lookup
from bot.kb.model import Client, Provider
from bot.match.model import Utterance
from bot.settings import cache_dir, knowledge_paths

_Named = TypeVar("_Named", Provider, Client)
SIZES = (0, 1_000, 3_000, 10_000)
"""Invented providers; with the largest come 200 programs, with the others their share."""
_PROGRAMS_PER_PROVIDER = 0.02
LENGTHS = (100, 400, 1_600, 6_400, 25_600, 40_000)
_PIECES = (
    "gmail imap port? ",
    "メールが送れない。",
    "thunderbrid gmal ",
    "password: x1y2z3 ",
    "a@a.a ",
    "550 5.7.1 ",
    ". ",
    "●●●",
    "?",
)
_LATIN = ("ka", "mo", "ri", "to", "su", "ne", "vel", "bor", "dan", "fix", "gra", "hub", "lin", "pex", "quo", "zen")
_KANA = (
    "カ",
    "モ",
    "リ",
    "ト",
    "ス",
    "ネ",
    "ベル",
    "ボ",
    "ダン",
    "フィ",
    "グラ",
    "ハブ",
    "リン",
    "ペク",
    "クオ",
    "ゼン",
)
_SEED = 20261124


@dataclass(frozen=True, slots=True)
class Grown:
    """What one size costs."""

    providers: int
    programs: int
    p50_ms: float
    p99_ms: float
    build_s: float
    """Making the engine from scratch, without the cache."""
    rss_mb: float


def measure(save: dict[str, object] | None = None) -> list[Figure]:
    """Measure every size and every length.

    Args:
        save: Gets the figures for the pictures.

    Returns:
        p50, p99 and memory per size, the ratio of the largest to the shipped one, and the time per length.
    """
    grown = [measure_in_process(size) for size in SIZES]
    lengths = by_length()
    if save is not None:
        save |= {"growth": [asdict(one) for one in grown], "lengths": lengths}
    figures = []
    for one in grown:
        name = f"{one.providers} providers, {one.programs} programs"
        figures += [
            Figure(f"{name}: p50", one.p50_ms, "ms"),
            Figure(f"{name}: p99", one.p99_ms, "ms"),
            Figure(f"{name}: engine from scratch", one.build_s, "s"),
            Figure(f"{name}: memory", one.rss_mb, "MB"),
        ]
    figures.append(at_most("p50 of the largest to the shipped", grown[-1].p50_ms / grown[0].p50_ms, "x", 2.0))
    figures += [Figure(f"slowest message of {length} characters", ms, "ms") for length, ms in lengths]
    return figures


def measure_in_process(size: int) -> Grown:
    """Measure one size in a new process."""
    command = [sys.executable, "-m", "bot.bench.growth", str(size)]
    finished = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return Grown(**json.loads(finished.stdout))


def by_length() -> list[tuple[int, float]]:
    """Return the milliseconds of the slowest kind of text for each length."""
    engine = Engine(load_lookup(knowledge_paths(), cache_dir()))
    return [(length, max(_reading_ms(engine, piece, length) for piece in _PIECES)) for length in LENGTHS]


def _reading_ms(engine: Engine, piece: str, length: int) -> float:
    text = (piece * (length // len(piece) + 1))[:length]
    times = []
    for _ in range(5):
        began = time.perf_counter()
        engine.answer(Utterance(text))
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


def grow(lookup: Lookup, size: int) -> Lookup:
    """Lay *size* invented providers, and programs in proportion, over a knowledge."""
    chance = random.Random(_SEED)
    knowledge = lookup.knowledge
    names = _invented(chance, int(size * (1 + _PROGRAMS_PER_PROVIDER)))
    providers = [_provider(chance.choice(knowledge.providers), *next(names)) for _ in range(size)]
    programs = [_program(chance.choice(knowledge.clients), *next(names)) for _ in range(_programs(size, lookup))]
    return Lookup(
        msgspec.structs.replace(
            knowledge,
            providers=(*knowledge.providers, *providers),
            clients=(*knowledge.clients, *programs),
        )
    )


def _programs(size: int, lookup: Lookup) -> int:
    return max(0, int(size * _PROGRAMS_PER_PROVIDER) - len(lookup.knowledge.clients)) if size else 0


def _invented(chance: random.Random, count: int) -> Iterator[tuple[str, str]]:
    """Yield names that nobody has, in Latin letters and in kana."""
    seen: set[str] = set()
    while len(seen) < count:
        parts = [chance.randrange(len(_LATIN)) for _ in range(chance.randint(3, 5))]
        latin = "".join(_LATIN[part] for part in parts)
        if latin not in seen:
            seen.add(latin)
            yield latin, "".join(_KANA[part] for part in parts)


def _provider(like: Provider, latin: str, kana: str) -> Provider:
    servers = tuple(
        msgspec.structs.replace(server, hostname=f"{server.protocol}.{latin}.example", hostname_pattern=None)
        for server in like.servers
    )
    return msgspec.structs.replace(
        _renamed(like, latin, kana),
        domains=(f"{latin}.example",),
        mx_suffixes=(f"mx.{latin}.example",),
        servers=servers,
        asks=type(like.asks)(ja=(f"{kana}のIMAPのポートは？",), en=(f"{latin} smtp settings?",)),
    )


def _program(like: Client, latin: str, kana: str) -> Client:
    asks = type(like.asks)(ja=(f"{kana}でのIMAPの設定方法は？",), en=(f"how do i set up imap in {latin}?",))
    return msgspec.structs.replace(_renamed(like, latin, kana), asks=asks)


def _renamed(like: _Named, latin: str, kana: str) -> _Named:
    return msgspec.structs.replace(
        like,
        id=latin,
        names=msgspec.structs.replace(like.names, ja=kana, en=latin.title()),
        aliases=type(like.aliases)(ja=(kana,), en=(latin,)),
        ambiguous_aliases=type(like.ambiguous_aliases)(),
    )


def _measure_here(size: int) -> Grown:
    lookup = load_lookup(knowledge_paths(), cache_dir())
    if size:
        lookup = grow(lookup, size)
    began = time.perf_counter()
    engine = Engine(lookup)
    engine.answer(Utterance("gmal imap"))  # what is made when it is first needed belongs to building
    build_s = time.perf_counter() - began
    chance = random.Random(_SEED)
    entries: list[Provider | Client] = [*lookup.knowledge.providers, *lookup.knowledge.clients]
    asked = [ask for entry in chance.sample(entries, 200) for ask in (*entry.asks.ja, *entry.asks.en)]
    asked += [f"imap.{ask.split()[0]}.example 993 で合ってますか" for ask in asked[::5] if ask.isascii()]
    times = []
    for _ in range(3):
        for ask in asked:
            began = time.perf_counter()
            engine.answer(Utterance(ask))
            times.append((time.perf_counter() - began) * 1000)
    rss_mb = resident_mb(os.getpid())
    return Grown(
        len(lookup.knowledge.providers),
        len(lookup.knowledge.clients),
        percentile(times, 0.5),
        percentile(times, 0.99),
        build_s,
        rss_mb,
    )


if __name__ == "__main__":
    print(json.dumps(asdict(_measure_here(int(sys.argv[1])))))
