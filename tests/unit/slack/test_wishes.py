"""What somebody wants to have probed, from what they typed, asked or pressed."""

from __future__ import annotations

import pytest

from bot.answer.engine import Engine
from bot.errors import BotError
from bot.kb.load import load_lookup, shipped_folder
from bot.match.model import Slots, Surface, Utterance
from bot.probe.plan import USUAL_PORTS
from bot.slack.wishes import Wish, Wishes


@pytest.fixture(scope="module")
def engine() -> Engine:
    """The shipped knowledge."""
    return Engine(load_lookup([shipped_folder()], None))


@pytest.fixture(scope="module")
def wishes(engine: Engine) -> Wishes:
    """Reads wishes."""
    return Wishes(engine)


def ports(wish: Wish | None) -> dict[str, list[int]]:
    assert wish is not None
    return {plan.host: [port.port for port in plan.ports] for plan in wish.plans}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("mail.example.jp", list(USUAL_PORTS)),
        ("ｍａｉｌ．ｅｘａｍｐｌｅ．ｊｐ", list(USUAL_PORTS)),
        ("mail.example.jp:587", [587]),
        ("mail.example.jp 25", [25]),
        ("mail.example.jp:993 465", [993, 465]),
        ("mail.example.jp 993 8143=imap/starttls", [993, 8143]),
    ],
)
def test_typed_hosts_and_ports(wishes: Wishes, typed: str, wanted: list[int]) -> None:
    """A host has the usual ports, without 25; named ports are the only ones."""
    assert ports(wishes.typed(typed)) == {"mail.example.jp": wanted}


@pytest.mark.parametrize(
    "typed", ["", "gmail", "https://mail.example.jp", "taro:secret@mail.example.jp", "mail.example.jp 22"]
)
def test_what_cannot_be_read_is_an_error(wishes: Wishes, typed: str) -> None:
    """Nothing is guessed, and nothing that was typed is part of the error."""
    with pytest.raises(BotError) as caught:
        wishes.typed(typed)
    assert "secret" not in str(caught.value.params)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("mail.example.jp につながるか確認して", {"mail.example.jp": list(USUAL_PORTS)}),
        ("mail.example.jpの993番ポートが開いているか確認して", {"mail.example.jp": [993]}),
        ("mail.example.jp の 993 につながるか確認して", {"mail.example.jp": [993]}),
        (
            "mail.example.jp と mx.example.com につながるか確認して",
            {"mail.example.jp": list(USUAL_PORTS), "mx.example.com": list(USUAL_PORTS)},
        ),
    ],
)
def test_a_question_names_hosts_and_ports(
    engine: Engine, wishes: Wishes, text: str, wanted: dict[str, list[int]]
) -> None:
    """Every host that is named is probed, at the ports that are named."""
    assert ports(wishes.asked(engine.answer(Utterance(text)))) == wanted


def test_a_provider_is_probed_at_what_it_documents(engine: Engine, wishes: Wishes) -> None:
    """Its hosts, each at its own ports, in the asker's program."""
    wish = wishes.asked(engine.answer(Utterance("GmailのサーバーにThunderbirdからつながるか確認して")))
    assert wish is not None
    assert (wish.provider, wish.client, wish.by_name) == ("gmail", "thunderbird", True)
    assert ports(wish) == {"imap.gmail.com": [993], "pop.gmail.com": [995], "smtp.gmail.com": [465, 587]}


@pytest.mark.parametrize(
    "text",
    [
        "Gmailの設定を教えて",
        "エックスサーバーにつながるか確認して",
        "こんにちは",
        "",
        "メールサーバーに接続できるか確認して",
    ],
)
def test_other_questions_wish_for_nothing(engine: Engine, wishes: Wishes, text: str) -> None:
    """Settings, personal host names and small talk start no probe."""
    assert wishes.asked(engine.answer(Utterance(text))) is None


@pytest.mark.parametrize("surface", ["channel"])
def test_overheard_words_wish_for_nothing(engine: Engine, wishes: Wishes, surface: Surface) -> None:
    """Nobody asked us."""
    assert wishes.asked(engine.answer(Utterance("mail.example.jp につながるか確認して", surface))) is None


def test_the_button_comes_back_as_it_was_made(engine: Engine, wishes: Wishes) -> None:
    """Language, provider, program and hosts survive the way through Slack; the ports are the documented ones."""
    outcome = engine.answer(Utterance("GmailをThunderbirdで使いたい"))
    assert outcome.answer is not None
    value = wishes.button_value(outcome.answer, outcome.reading.slots)
    assert value is not None
    wish = wishes.pressed(value)
    assert wish is not None
    assert (wish.language, wish.provider, wish.client) == ("ja", "gmail", "thunderbird")
    assert ports(wish) == {"imap.gmail.com": [993], "pop.gmail.com": [995], "smtp.gmail.com": [465, 587]}


def test_an_own_host_of_a_pattern_can_be_checked(engine: Engine, wishes: Wishes) -> None:
    """Who names their own server gets a button for just that one."""
    outcome = engine.answer(Utterance("エックスサーバー sv12345.xserver.jp のIMAP設定を教えて"))
    assert outcome.answer is not None
    wish = wishes.pressed(wishes.button_value(outcome.answer, outcome.reading.slots) or "")
    assert wish is not None
    assert wish.hosts == ("sv12345.xserver.jp",)


@pytest.mark.parametrize("text", ["エックスサーバーのIMAP設定を教えて", "IMAPのポートは？", "GmailとiCloudのIMAPは？"])
def test_answers_without_one_concrete_server_get_no_button(engine: Engine, wishes: Wishes, text: str) -> None:
    """A pattern is no host, and of two providers it would not be clear which."""
    answer = engine.answer(Utterance(text)).answer
    assert answer is not None
    assert wishes.button_value(answer, Slots()) is None


@pytest.mark.parametrize(
    "value",
    ["", "/", "ja/gmail", "ja/gmail//", "ja/nobody//mail.example.jp", "ja/gmail//127.1,http://x/,\u202e", "x" * 3000],
)
def test_forged_values_are_read_as_nothing(wishes: Wishes, value: str) -> None:
    """What comes back from a button is checked like anything else that comes in."""
    assert wishes.pressed(value) is None
