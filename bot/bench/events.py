"""Mentions per second through the whole app, against a bare Bolt app that posts the same message.

The local Slack runs here; each app runs as a process of its own and is fed the same mentions over signed HTTP.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bot.bench.memory import resident_mb
from bot.bench.report import Figure, at_least, at_most
from bot.local_slack import LocalSlack
from bot.local_slack.state import Change

SIGNING_SECRET = "local-signing-secret"
_QUESTION = "Xserverの受信サーバーのポート番号を教えてください"
_IN_FLIGHT = 32
_TURNS = 3


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def serve_environment(slack: LocalSlack, port: int, folder: Path) -> dict[str, str]:
    """Return the environment of a `mailports serve` that belongs to *slack*."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "MAILPORTS_"))},
        "SLACK_BOT_TOKEN": "xoxb-local",
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "MAILPORTS_SLACK_API_URL": slack.api_url,
        "MAILPORTS_PORT": str(port),
        "MAILPORTS_DATABASE_URL": f"sqlite:///{folder}/bench-{port}.sqlite3",
        "MAILPORTS_LOG_LEVEL": "WARNING",
    }


def cpu_seconds(pid: int) -> float:
    """Return the CPU time a process has used (utime and stime of proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def wait_for_port(port: int, *, timeout_s: float = 20.0) -> None:
    """Return when something listens on *port*.

    Raises:
        TimeoutError: Nothing did within *timeout_s*.
    """
    async with asyncio.timeout(timeout_s):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                await writer.wait_closed()
                return


async def drive(slack: LocalSlack, count: int) -> float:
    """Mention the bot *count* times, a few at a time, and return the seconds until all were answered."""
    answered = 0

    def look(change: Change) -> None:
        nonlocal answered
        message = change.message
        answered += change.kind == "message" and message is not None and message.user == slack.bot.id

    stop = slack.workspace.watch(look)
    gate = asyncio.Semaphore(_IN_FLIGHT)

    async def ask() -> None:
        async with gate:
            deed = await slack.say("alice", "helpdesk", f"<@{slack.bot.id}> {_QUESTION}")
            await deed.finished()

    began = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(count)))
    await slack.wait_for(lambda: answered >= count, timeout_s=120)
    stop()
    return time.perf_counter() - began


async def _run(
    command: list[str], environment: dict[str, str], slack: LocalSlack, port: int, count: int
) -> tuple[float, float, float]:
    """Start one app, feed it, end it; return events per second, CPU ms per event, resident memory in MB."""
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    try:
        await wait_for_port(port)
        slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
        await drive(slack, 50)  # warm
        before = cpu_seconds(process.pid)
        seconds = await drive(slack, count)
        cpu_ms = (cpu_seconds(process.pid) - before) / count * 1000
        return count / seconds, cpu_ms, resident_mb(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def _measure(count: int) -> list[Figure]:
    ours, bare, memory = [], [], []
    ours_cpu, bare_cpu = [], []
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        payload = folder / "payload.json"
        for _ in range(_TURNS):
            slack = LocalSlack(signing_secret=SIGNING_SECRET, echo_own_messages=False)
            await slack.start()
            try:
                port = free_port()
                environment = serve_environment(slack, port, folder)
                rate, cpu_ms, resident = await _run(
                    [sys.executable, "-m", "bot", "serve"], environment, slack, port, count
                )
                ours.append(rate)
                ours_cpu.append(cpu_ms)
                memory.append(resident)
                last = next(call for call in reversed(slack.calls) if call.method == "chat.postMessage")
                payload.write_text(
                    json.dumps({key: last.arguments[key] for key in ("text", "blocks")}), encoding="utf-8"
                )
            finally:
                await slack.stop()
            slack = LocalSlack(signing_secret=SIGNING_SECRET, echo_own_messages=False)
            await slack.start()
            try:
                port = free_port()
                command = [sys.executable, "-m", "bot.bench.bare_bolt", str(port), slack.api_url, str(payload)]
                rate, cpu_ms, _ = await _run(command, dict(os.environ), slack, port, count)
                bare.append(rate)
                bare_cpu.append(cpu_ms)
            finally:
                await slack.stop()
    ratio = statistics.median(ours) / statistics.median(bare)
    return [
        Figure("bare Bolt app", statistics.median(bare), "events/s"),
        Figure("mailports serve", statistics.median(ours), "events/s"),
        at_least("ratio", ratio, "x", 0.8),
        Figure("CPU per event, bare", statistics.median(bare_cpu), "ms"),
        Figure("CPU per event, mailports", statistics.median(ours_cpu), "ms"),
        at_most("resident memory of the running bot", max(memory), "MB", 90),
    ]


def measure(count: int = 2000) -> list[Figure]:
    """Compare both apps, three times in turn.

    Args:
        count: Mentions per turn.

    Returns:
        Events per second of both, their ratio, and the bot's resident memory.
    """
    return asyncio.run(_measure(count))
