"""What the local Slack believes about Slack, held against what others wrote.

The numbers are those of another package, kept here as facts. The types are Slack's own for TypeScript: that test is
`live`, because it fetches them (`pytest -m live tests/unit/local_slack/test_second_opinion.py`, with Node 20 and npm).
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.answer.model import Answer, Paragraph
from bot.cards import limits as card_limits
from bot.cards.blocks import render_blocks
from bot.kb.load import load_knowledge, shipped_root
from bot.kb.lookup import Lookup
from bot.local_slack import LocalSlack
from bot.local_slack.api_views import report_on_view
from bot.local_slack.block_kit import check_blocks, report_on
from bot.local_slack.limits import BLOCK_SURFACES, MESSAGE_BLOCK_TEXT_MAX, UPDATE_TEXT_MAX_BYTES, Surface
from bot.slack import messages
from bot.work import PostedAs
from tests.support.second_opinion import cards
from tests.support.second_opinion import limits as theirs
from tests.support.second_opinion.limits import Limit, stretched
from tests.support.second_opinion.samples import PLAIN, SAMPLES, broken

CHECKER = Path(cards.__file__).with_name("check_types.mjs")
PACKAGES = ("@slack/types@3.2.0", "typescript@7.0.2")


def surface_of(kind: str) -> Surface:
    """Return a surface where blocks of this kind may stand."""
    return "modal" if "modal" in BLOCK_SURFACES[kind] else "message"


def problems_of(block: dict[str, Any]) -> list[str]:
    """Return what our checker says about one block."""
    kind = block.get("type") if isinstance(block, dict) else None
    surface = surface_of(kind) if isinstance(kind, str) and kind in BLOCK_SURFACES else "message"
    return [f"{problem.pointer} {problem.code}" for problem in check_blocks([block], surface)]


def is_refused_at(limit: Limit, size: int) -> bool:
    """Say whether so much is refused, and for its size: at the place of the limit, not for some other fault."""
    return any(problem.startswith(f"/blocks/0/{limit.path} ") for problem in problems_of(stretched(limit, size)))


@cache
def real_cards() -> tuple[cards.Card, ...]:
    """Return everything that the bot sends, made once."""
    return tuple(cards.real_cards(Lookup(load_knowledge([shipped_root()]))))


@pytest.mark.parametrize("name", [*SAMPLES, *theirs.MORE])
def test_sample_is_taken(name: str) -> None:
    """A good block of every kind is taken, so that what is refused below is refused for its fault."""
    assert problems_of(theirs.ALL_SAMPLES[name]) == []


@pytest.mark.parametrize("limit", theirs.MOST, ids=str)
def test_most_is_the_same_number(limit: Limit) -> None:
    """What others say is the most is taken here, and one more is refused."""
    assert problems_of(stretched(limit, limit.number)) == []
    assert is_refused_at(limit, limit.number + 1)


@pytest.mark.parametrize("limit", theirs.LEAST, ids=str)
def test_least_is_the_same_number(limit: Limit) -> None:
    """What others say is the least is taken here, and one less is refused."""
    assert problems_of(stretched(limit, limit.number)) == []
    assert is_refused_at(limit, limit.number - 1)


@pytest.mark.parametrize("limit", theirs.ONE_MORE_THAN_SLACK_SAYS, ids=str)
def test_less_than_means_less(limit: Limit) -> None:
    """Where Slack writes "less than", the number itself is refused."""
    assert problems_of(stretched(limit, limit.number - 1)) == []
    assert is_refused_at(limit, limit.number)


def test_sums_over_a_message_are_the_same() -> None:
    """Blocks, markdown and data tables are counted over the whole message as others count them."""
    divider = {"type": "divider"}
    assert check_blocks([divider] * theirs.MESSAGE_BLOCKS) == []
    assert check_blocks([divider] * (theirs.MESSAGE_BLOCKS + 1)) != []
    assert check_blocks([divider] * theirs.VIEW_BLOCKS, "modal") == []
    assert check_blocks([divider] * (theirs.VIEW_BLOCKS + 1), "modal") != []

    def markdown(length: int) -> dict[str, Any]:
        return {"type": "markdown", "text": "x" * length}

    def data_table(length: int) -> dict[str, Any]:
        return {**SAMPLES["data_table"], "rows": [[{"type": "raw_text", "text": "x" * n}] for n in (1, length - 1)]}

    for make, most in ((markdown, theirs.MARKDOWN_IN_ALL), (data_table, theirs.DATA_TABLES_IN_ALL)):
        assert check_blocks([make(most - 10), make(10)]) == []
        assert check_blocks([make(most - 10), make(11)]) != []


@pytest.mark.parametrize(("key", "most"), {**theirs.VIEW_TEXTS, **theirs.VIEW_STRINGS}.items())
def test_texts_of_a_view_have_the_same_lengths(key: str, most: int) -> None:
    """Titles and hidden texts of a modal are as long as others say, and no longer."""

    def problems(length: int) -> list[Any]:
        value: Any = "x" * length
        if key in theirs.VIEW_TEXTS:
            value = {**PLAIN, "text": value}
        view = {"type": "modal", "title": PLAIN, "blocks": [{"type": "divider"}], key: value}
        return report_on_view(view).problems

    assert problems(most) == []
    assert problems(most + 1) != []


@pytest.mark.parametrize(
    ("surface", "kinds"),
    [("message", theirs.IN_MESSAGES), ("modal", theirs.IN_MODALS), ("home", theirs.IN_HOME)],
)
def test_surfaces_are_the_same(surface: Surface, kinds: frozenset[str]) -> None:
    """A block may stand here where others say that it may, but for the two that only one side knows."""
    ours = {kind for kind, surfaces in BLOCK_SURFACES.items() if surface in surfaces}
    assert ours - theirs.ONLY_OURS == kinds - theirs.ONLY_THEIRS


@pytest.mark.parametrize(
    "block",
    [
        {**SAMPLES["table"], "column_settings": [None, {"align": "right"}]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]},
        {"type": "table", "rows": [[{"type": "raw_number", "value": "993", "text": "993"}]]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}]},
        {**SAMPLES["data_table"], "rows": [[SAMPLES["rich_text"]], [{"type": "raw_text", "text": "a"}]]},
        {"type": "section", "text": PLAIN, "accessory": SAMPLES["actions"]["elements"][3]},
    ],
    ids=["null column", "empty cell", "number as text", "empty text", "rich header", "datetimepicker beside a section"],
)
def test_what_slack_was_seen_to_refuse_is_refused(block: dict[str, Any]) -> None:
    """What Slack refused from others, or says that it refuses, is refused here."""
    assert problems_of(block) != []


def test_each_block_costs_something() -> None:
    """Many small blocks reach the cap of a message although their texts alone would not."""
    blocks = [{"type": "section", "text": {**PLAIN, "text": "x" * 230}}] * 40
    assert 40 * 230 < MESSAGE_BLOCK_TEXT_MAX < report_on(blocks).characters


def test_long_cards_leave_room_for_what_blocks_cost() -> None:
    """A card of very many short paragraphs is cut before Slack would refuse it as a whole."""
    sections = tuple(Paragraph("x" * 250) for _ in range(200))
    blocks = render_blocks(Answer("answer", "en", "help", 0.9, "Title", sections))
    assert report_on(blocks).characters <= card_limits.MESSAGE_BLOCK_TEXT < MESSAGE_BLOCK_TEXT_MAX


@pytest.mark.parametrize("word", ["x", "あ", "&", "🙂"])
@pytest.mark.parametrize("length", [10, 1_400, 50_000])
def test_text_of_an_update_is_short_enough_in_bytes(word: str, length: int) -> None:
    """An answer that changes keeps its text within the bytes that chat.update takes, in any script."""
    answer = Answer("answer", "ja", "help", 0.9, "題", (Paragraph(word * length),))
    for payload in messages.update(answer, cards.KEY, PostedAs("C1", "1.2")):
        text = payload["arguments"]["text"]
        assert text.startswith("題")
        assert len(text.encode()) <= UPDATE_TEXT_MAX_BYTES


async def test_update_counts_bytes(slack: LocalSlack, client: AsyncWebClient) -> None:
    """chat.update takes 4,000 bytes of text and refuses more; a new message may be longer."""
    posted = await client.chat_postMessage(channel="C0HELPDESK", text="あ" * 1_334)
    channel, ts = posted["channel"], posted["ts"]
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await client.chat_update(channel=channel, ts=ts, text="あ" * 1_334)
    await client.chat_update(channel=channel, ts=ts, text="あ" * 1_333)
    assert [message.text for message in slack.messages(channel)] == ["あ" * 1_333]


def test_everything_the_bot_sends_is_taken() -> None:
    """Every question that the knowledge knows gives a message that the local Slack takes; so does the bot's own page."""
    refused = {
        card.id: [problem.as_slack_says() for problem in found]
        for card in real_cards()
        if (found := check_blocks(card.blocks, card.surface))
    }
    assert refused == {}
    assert len(real_cards()) > 1_000
    kinds = {block["type"] for card in real_cards() for block in card.blocks}
    assert kinds >= {"header", "rich_text", "table", "actions", "context", "context_actions", "section", "divider"}


def test_no_card_says_nothing() -> None:
    """No paragraph, list or cell of a card is empty: whether Slack takes those is disputed."""

    def empty(value: Any) -> bool:
        if isinstance(value, dict):
            return value.get("elements", True) == [] or any(map(empty, value.values()))
        return isinstance(value, list) and any(map(empty, value))

    assert [card.id for card in real_cards() if empty(card.blocks)] == []
    odd = (Paragraph("``"), Paragraph("` `", "warning"), Paragraph("````"))
    assert not empty(render_blocks(Answer("answer", "en", "help", 0.9, "``", odd)))


# -- Slack's types for TypeScript ----------------------------------------------------------------------------------

# In the titles of a card the types want mrkdwn; Slack's SDK for Python and slackblocks take plain text too. No card of
# ours has such a block.
UNDECIDED = {
    "card title/type: other text",
    "card subtitle/type: other text",
    "card body/type: other text",
    "carousel elements/0/title/type: other text",
}


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Slack's types and the compiler in it; it goes when the tests have ended."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("needs Node and npm, which are not installed")
    folder = tmp_path_factory.mktemp("types")
    options = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder))
    done = subprocess.run(
        [npm, "install", *options, *PACKAGES], cwd=folder, capture_output=True, text=True, timeout=180, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"npm could not install {' and '.join(PACKAGES)}")
    return folder


def refused_by_types(folder: Path, blocks: Iterable[tuple[str, list[Any]]]) -> dict[str, str]:
    """Return what the types refuse: the name it was given, with the compiler's first message."""
    lines = "".join(json.dumps({"id": name, "blocks": value}) + "\n" for name, value in blocks)
    done = subprocess.run(
        ["node", str(CHECKER), str(folder)], input=lines, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return {(found := json.loads(line))["id"]: found["message"] for line in done.stdout.splitlines()}


@pytest.mark.live
def test_types_take_everything_the_bot_sends(types: Path) -> None:
    """Slack's own types accept every block of every card."""
    assert refused_by_types(types, ((card.id, card.blocks) for card in real_cards())) == {}


@pytest.mark.live
def test_what_types_refuse_is_refused(types: Path) -> None:
    """Thousands of broken blocks: whatever Slack's types refuse, the local Slack refuses too."""
    faults = {f"{name} {what}": block for name, good in SAMPLES.items() for what, block in broken(good)}
    refused = refused_by_types(types, [*((name, [block]) for name, block in SAMPLES.items())])
    assert refused == {}
    refused = refused_by_types(types, ((name, [block]) for name, block in faults.items()))
    assert len(refused) > 2_000
    assert {name for name in refused if not problems_of(faults[name])} == UNDECIDED
