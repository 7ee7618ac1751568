"""A company's folder changes while the bot runs: sound changes are answered from, broken ones change nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import renewal
from bot.answer.engine import Engine
from bot.kb.load import shipped_folder
from bot.kb.watch import KnowledgeWatch
from tests.support.town import Town
from tests.unit.kb.test_load import PROVIDER, write

OWN = (
    PROVIDER.replace("example_mail", "kaisha").replace("example.com", "kaisha.example").replace("サンプル", "かいしゃ")
)
ASK = "taro@kaisha.example の受信サーバーは？"


async def ask(town: Town) -> str:
    """Ask in a direct message and return the answer."""
    dm = town.slack.dm("tanaka")
    asked = await town.slack.say("tanaka", dm, ASK)
    return (await town.slack.wait_for_reply(dm, asked.ts)).text


async def until(done: str, town: Town) -> None:
    """Wait until the answer holds *done*; the bot looks for changes many times a second here."""
    for _ in range(200):
        if done in await ask(town):
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"nothing said {done}")


async def test_a_changed_folder_is_taken_over_without_a_restart(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new file is answered from, a broken one is reported and leaves the last sound state, its repair counts again."""
    monkeypatch.setattr(renewal, "_EVERY_S", 0.05)
    own = tmp_path / "own"
    own.mkdir()
    await town.restart(watch=KnowledgeWatch([shipped_folder(), str(own)], None))
    assert "imap.kaisha.example" not in await ask(town)

    write(own, OWN, "providers/kaisha.yaml")
    await until("imap.kaisha.example", town)
    assert "社内で登録された設定情報です" in await ask(town)

    write(own, OWN.replace("port: 993", "port: nine"), "providers/kaisha.yaml")
    for _ in range(200):
        if "knowledge_problems" in town.bot._health()[1]:
            break
        await asyncio.sleep(0.05)
    assert "imap.kaisha.example" in await ask(town)

    write(own, OWN.replace("imap.kaisha", "imap2.kaisha"), "providers/kaisha.yaml")
    await until("imap2.kaisha.example", town)
    assert "knowledge_problems" not in town.bot._health()[1]


async def test_a_fault_while_renewing_is_reported_and_the_next_change_counts(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong with one state of the folder, the bot goes on looking at the folder."""
    monkeypatch.setattr(renewal, "_EVERY_S", 0.05)
    own = tmp_path / "own"
    own.mkdir()
    await town.restart(watch=KnowledgeWatch([shipped_folder(), str(own)], None))

    with monkeypatch.context() as fault:
        fault.delattr(Engine, "renew")
        write(own, OWN, "providers/kaisha.yaml")
        for _ in range(200):
            if "knowledge_problems" in town.bot._health()[1]:
                break
            await asyncio.sleep(0.05)
        assert "knowledge_problems" in town.bot._health()[1]
        assert "imap.kaisha.example" not in await ask(town)

    write(own, OWN.replace("imap.kaisha", "imap2.kaisha"), "providers/kaisha.yaml")
    await until("imap2.kaisha.example", town)
    assert "knowledge_problems" not in town.bot._health()[1]
