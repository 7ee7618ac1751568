"""Thousands of questions while everything goes wrong: each must be answered once, and acknowledged in time.

The local Slack repeats events, sends some twice at once, loses first deliveries, lets them overtake each other, answers
posts with 429 and 500, is slow, and loses answers to posts that took effect. The bot runs as a process of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.bench.events import SIGNING_SECRET, free_port, serve_environment, wait_for_port
from bot.bench.memory import resident_mb
from bot.bench.report import Figure, at_most, percentile
from bot.local_slack import DeliveryFaults, Fault, LocalSlack
from bot.local_slack.state import Change

_QUESTIONS = (
    "エックスサーバーの受信サーバーのポート番号を教えてください",
    "Which outgoing port does Gmail use?",
    "587は何のポートですか",
    "What is port 993?",
    "OCNのメールをiPhoneで使いたい",
    "465 or 587, which one should I use?",
)
_PEOPLE = ("tanaka", "sato", "alice", "guest")
_CHANNELS = ("helpdesk", "general")
# Slack waits 0, 60 and 300 s before it repeats; the same three times here, sooner.
_RETRY_DELAYS_S = (0.1, 2.0, 6.0)
_UNDER_WAY = 64
_ACK_LIMIT_MS = 3000.0
# The last answers wait for the 429s and the slow posts.
_PATIENCE_S = 120.0


@dataclass(slots=True)
class _Count:
    """What one run brought."""

    asked: int
    lost: int
    doubled: int
    seconds: float
    late_acks: int
    slowest_ack_ms: float
    p99_ack_ms: float
    deliveries: int
    faults: int
    memory_mb: float


def run_load(events: int) -> tuple[list[Figure], bool]:
    """Ask *events* questions and count.

    Returns:
        The figures, and whether each question was answered exactly once with every acknowledgement in time.
    """
    count = asyncio.run(_run(events))
    figures = [
        Figure("questions", count.asked, ""),
        Figure("deliveries, repetitions included", count.deliveries, ""),
        Figure("faults that struck a post", count.faults, ""),
        Figure("questions per second", count.asked / count.seconds, "1/s"),
        at_most("lost", count.lost, "", 0),
        at_most("answered more than once", count.doubled, "", 0),
        Figure("acknowledgement, 99th percentile", count.p99_ack_ms, "ms"),
        at_most("slowest acknowledgement", count.slowest_ack_ms, "ms", _ACK_LIMIT_MS),
        at_most("acknowledgements too late", count.late_acks, "", 0),
        Figure("resident memory of the bot", count.memory_mb, "MB"),
    ]
    return figures, not (count.lost or count.doubled or count.late_acks)


async def _run(events: int) -> _Count:
    slack = LocalSlack(
        signing_secret=SIGNING_SECRET,
        retry_delays_s=_RETRY_DELAYS_S,
        keep_calls=1000,
        parallel_deliveries=_UNDER_WAY,
    )
    with tempfile.TemporaryDirectory() as folder:
        async with slack:
            port = free_port()
            environment = serve_environment(slack, port, Path(folder))
            process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "serve", env=environment)
            try:
                await wait_for_port(port)
                slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
                return await _ask_and_count(slack, events, process.pid)
            finally:
                process.terminate()
                await process.wait()


async def _ask_and_count(slack: LocalSlack, events: int, pid: int) -> _Count:
    posts = _arm(slack)
    answers: Counter[str] = Counter()
    unwatch = slack.workspace.watch(lambda change: _tally(slack, change, answers))
    began = time.perf_counter()
    asked: list[str] = []
    for user, channel, question in itertools.islice(_turns(), events):
        await slack.wait_for(lambda: slack.outbox.pending < 2 * _UNDER_WAY, timeout_s=_PATIENCE_S)
        deed = await slack.say(user, channel, f"<@{slack.bot.id}> {question}")
        asked.append(deed.ts)
    await slack.all_delivered(timeout_s=_PATIENCE_S)
    with suppress(TimeoutError):
        await slack.wait_for(lambda: len(answers) >= events, timeout_s=_PATIENCE_S)
    seconds = time.perf_counter() - began
    memory = resident_mb(pid)
    unwatch()
    # A delivery that the faults lost on the way took no time at all; any other without an answer came too late.
    times = [attempt.ack_ms for attempt in slack.deliveries if attempt.status is not None]
    late = [a for a in slack.deliveries if (a.status is None and a.ack_ms > 0) or a.ack_ms >= _ACK_LIMIT_MS]
    return _Count(
        asked=len(asked),
        lost=sum(answers[ts] == 0 for ts in asked),
        doubled=sum(answers[ts] > 1 for ts in asked),
        seconds=seconds,
        late_acks=len(late),
        slowest_ack_ms=max(times, default=0.0),
        p99_ack_ms=percentile(times, 0.99) if times else 0.0,
        deliveries=len(slack.deliveries),
        faults=sum(fault.hits for fault in posts),
        memory_mb=memory,
    )


def _arm(slack: LocalSlack) -> list[Fault]:
    slack.faults.deliveries = DeliveryFaults(
        redeliver_every=7, duplicate_every=11, drop_first_every=13, reorder_within_s=0.05
    )
    post = "chat.postMessage"
    return [
        slack.faults.add(fault)
        for fault in (
            Fault(post, "ratelimited", every=211, retry_after_s=1),
            Fault(post, "slow", every=307, delay_s=2.6),
            Fault(post, "http_500", every=401),
            Fault(post, "reset", every=503),
            Fault(post, "applied_then_lost", every=601),
            Fault(post, "applied_then_reset", every=701),
        )
    ]


def _tally(slack: LocalSlack, change: Change, answers: Counter[str]) -> None:
    message = change.message
    if change.kind == "message" and message is not None and message.user == slack.bot.id and message.metadata:
        answers[str(message.metadata["event_payload"]["question"]).rpartition("/")[2]] += 1


def _turns() -> Iterator[tuple[str, str, str]]:
    people, channels, questions = map(itertools.cycle, (_PEOPLE, _CHANNELS, _QUESTIONS))
    while True:
        yield next(people), next(channels), next(questions)
