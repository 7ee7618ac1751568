"""A bot that dies at a chosen moment, and the Slack of its tests: a file with one line per message.

Run as a program: `python crash_child.py DATABASE_URL SLACK_FILE MOMENT`. Imported, it gives the same poster to the
process that comes after.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from bot.work import Composed, Payload, PostedAs, PostRateLimitedError, QuestionKey, Summary, open_work
from bot.work.courier import Patience

KEY = QuestionKey("T1", "C1", "1700000000.000100")
PATIENCE = Patience(first_wait_s=0.05, post_timeout_s=1.0, lease_s=1.0)
MOMENTS = ("after_the_post", "after_the_promise", "after_the_post_of_an_owed_answer")


class FileSlack:
    """Posts by appending the key of the question to a file; finds by reading it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.refuse_first = False
        self.die_after_post = False

    def messages(self) -> list[str]:
        """What is out."""
        return self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []

    async def post(self, payload: Payload) -> PostedAs:
        if self.refuse_first:
            self.refuse_first = False
            raise PostRateLimitedError(1.0)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{payload['question']}\n")
        if self.die_after_post:
            os.kill(os.getpid(), signal.SIGKILL)
        return PostedAs("C1", f"{len(self.messages())}.0")

    async def find_posted(self, key: QuestionKey, payload: Payload) -> PostedAs | None:
        messages = self.messages()
        return PostedAs("C1", f"{messages.index(key.encode()) + 1}.0") if key.encode() in messages else None

    async def unpost(self, posted: PostedAs) -> None:
        raise AssertionError(posted)


async def compose() -> Composed:
    """The answer to the one question."""
    return Composed({"question": KEY.encode()}, Summary("answer", "ja", "explain_port"))


async def _main(database_url: str, slack: FileSlack, moment: str) -> None:
    slack.refuse_first = moment != "after_the_post"
    slack.die_after_post = moment != "after_the_promise"
    work = await open_work(database_url, poster=slack, budget_s=0.4, lease_s=1.0, patience=PATIENCE)
    result = await work.delivery.answer(KEY, compose=compose)
    if moment == "after_the_promise" and result.name == "owed":
        os.kill(os.getpid(), signal.SIGKILL)
    await asyncio.sleep(30.0)  # The engine's post ends this process long before.


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], FileSlack(Path(sys.argv[2])), sys.argv[3]))
