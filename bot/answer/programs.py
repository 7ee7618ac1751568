"""Compose what to do in a mail program: the steps to its settings, and its traps."""

from __future__ import annotations

from bot.answer.kit import Kit
from bot.answer.model import BulletList, Heading, Paragraph, Section
from bot.kb.model import Client
from bot.match.model import Slots


def asks_where(slots: Slots) -> bool:
    """Say whether a question looks for a setting of an account that is there already."""
    return "ask_where" in slots.concepts


def client_sections(kit: Kit, client: Client, *, with_heading: bool, existing: bool = False) -> list[Section]:
    """Return the steps in the program, and its traps.

    Args:
        kit: Words and knowledge.
        client: The program.
        with_heading: False where the answer's title already says what the steps are for.
        existing: The way to the settings of an account that is there, instead of a new account.
    """
    steps = client.existing_account if existing and client.existing_account is not None else client.new_account
    key = "steps.existing" if steps is client.existing_account else "steps.new"
    sections: list[Section] = []
    if client.ended_on is not None:
        name, day = kit.text(client.names), client.ended_on.isoformat()
        sections.append(Paragraph(kit.say("client.ended", client=name, date=day), "warning"))
    if with_heading:
        sections.append(Heading(kit.say(key, client=kit.text(client.names))))
    sections.append(BulletList(kit.steps(steps), ordered=True))
    # The steps for a new account already lead past the authentication; for an old one it is the usual culprit.
    extras = [client.outgoing_auth] if existing and client.outgoing_auth is not None else []
    texts = tuple(kit.text(text) for text in (*extras, *client.notes))
    if texts:
        sections.append(BulletList(texts))
    if client.evidence == "single_source":
        sections.append(Paragraph(kit.say("client.single_source"), "quiet"))
    return sections
