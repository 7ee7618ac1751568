"""Whatever an asker types, the DNS answers or a server says: nothing is reached that must not be, and text stays text."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.answer.wording import LANGUAGES, Wording
from bot.kb.load import load_lookup, shipped_folder
from bot.probe.facts import clean_text
from bot.probe.plan import PortPlan, ProbePlan, plan_probe
from bot.probe.run import probe
from bot.probe.target import Address, Guard, HostInvalidError, TargetRefusedError, parse_allowed, read_host
from bot.probe.verdict import judge_port
from tests.support.fault_server import FaultServer, Talk

CASES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("probe_targets.yaml").read_text(encoding="utf-8"))
TYPED = [(reason, text) for reason, texts in CASES["typed"].items() for text in texts]
ADDRESSES = [(kind, text) for kind, texts in CASES["addresses"].items() for text in texts]
_connections: list[object] = []


def _watch(event: str, values: tuple[object, ...]) -> None:
    if event == "socket.connect":
        _connections.append(values[1])


sys.addaudithook(_watch)


class Answers:
    """A DNS that says what it is told to."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._found = [ip_address(text) for text in texts]

    async def addresses(self, host: str) -> Sequence[Address]:
        """Return the answers."""
        return self._found


@pytest.fixture
def nothing_is_reached() -> Iterator[None]:
    """No socket of this process connects to anything while the test runs."""
    _connections.clear()
    yield
    assert _connections == []


def test_there_are_enough_targets() -> None:
    """The list does not shrink unnoticed."""
    assert len(TYPED) + len(ADDRESSES) + len(CASES["answers"]) + len(CASES["harmless"]) >= 250


@pytest.mark.parametrize(("reason", "text"), TYPED, ids=lambda text: repr(text[:40]))
def test_what_is_no_host_is_refused(reason: str, text: str) -> None:
    """It is refused when it is read, with its reason, and the error quotes nothing of it."""
    with pytest.raises(HostInvalidError) as caught:
        read_host(text)
    assert caught.value.reason == reason
    assert caught.value.params == {}


@pytest.mark.usefixtures("nothing_is_reached")
@pytest.mark.parametrize(("kind", "text"), ADDRESSES)
async def test_an_address_that_is_not_public_is_never_reached(kind: str, text: str) -> None:
    """The guard refuses it as what it is, before any socket is opened."""
    plan = plan_probe(read_host(text).host)
    with pytest.raises(TargetRefusedError) as caught:
        await anext(probe(plan, guard=Guard(), resolver=Answers(())))
    assert caught.value.reason == kind


@pytest.mark.usefixtures("nothing_is_reached")
@pytest.mark.parametrize("answers", CASES["answers"], ids=repr)
async def test_a_name_that_leads_inside_is_never_reached(answers: list[str]) -> None:
    """An innocent name with such an address is refused just the same."""
    with pytest.raises(TargetRefusedError):
        await anext(probe(plan_probe("mail.example.jp"), guard=Guard(), resolver=Answers(answers)))


@pytest.mark.parametrize("case", CASES["harmless"], ids=lambda case: case["host"])
def test_look_alikes_are_shown_as_what_they_are(case: dict[str, str]) -> None:
    """A name in other letters becomes its A-label, which is also what is looked up and shown."""
    assert read_host(case["say"]).host == case["host"]


@pytest.mark.parametrize("banner", CASES["banners"])
async def test_a_servers_words_stay_words(banner: str) -> None:
    """A banner is one line of visible characters in the facts, and no sentence of the verdict is changed by it."""
    wording = Wording(load_lookup([shipped_folder()], None))

    async def says(talk: Talk) -> None:
        await talk.say(banner.encode("utf-8", "surrogateescape") + b"\r\n")
        await talk.hear()
        await talk.say(b"* BYE " + banner.encode("utf-8", "surrogateescape") + b"\r\n")

    async with FaultServer(says).running() as server:
        plan = ProbePlan("127.0.0.1", (PortPlan(server.port, "imap", "starttls"),))
        guard = Guard(parse_allowed(f"127.0.0.1/32:{server.port}"))
        [seen] = [facts async for facts in probe(plan, guard=guard, resolver=Answers(()))]
    for text in (seen.greeting or "", seen.detail):
        assert text
        assert len(text) <= 200
        assert not [letter for letter in CASES["never"] if letter in text]
    main = judge_port(seen, "127.0.0.1", datetime.now(UTC)).main
    assert main.code == "temporarily_refused"
    for language in LANGUAGES:
        assert "channel" not in wording.say(main.message_key, language, **dict(main.params))


def test_cleaning_takes_no_time() -> None:
    """Text beyond the limit is not even looked at."""
    assert len(clean_text(b"\xff" * 10_000_000)) == 200
