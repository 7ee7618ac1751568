"""Compose free answers, explained words and errors: texts of the knowledge, as they are."""

from __future__ import annotations

from collections.abc import Iterable

from bot.answer.kit import Draft, Kit, prose
from bot.answer.model import BulletList, Choice, Heading, Paragraph
from bot.answer.questions import article_choices
from bot.kb.model import Article, MailError


def article_draft(kit: Kit, article: Article) -> Draft:
    """Compose a whole article."""
    draft = Draft(kit.text(article.names))
    draft.sections.append(Paragraph(kit.text(article.short)))
    if article.long is not None:
        draft.sections += prose(kit.text(article.long))
    if article.steps is not None:
        draft.sections += [Heading(kit.say("steps.what_to_do")), BulletList(kit.steps(article.steps), ordered=True)]
    if article.evidence == "single_source":
        draft.sections.append(Paragraph(kit.say("article.single_source"), "quiet"))
    draft.sources = kit.sources(article.sources)
    draft.choices = related_choices(kit, article.related)
    return draft


def error_draft(kit: Kit, error: MailError) -> Draft:
    """Compose an error: what it means, and what to do in order of likelihood."""
    draft = Draft(kit.text(error.names))
    draft.sections.append(Paragraph(kit.text(error.cause)))
    draft.sections += [Heading(kit.say("steps.what_to_do")), BulletList(kit.steps(error.fixes), ordered=True)]
    if error.evidence == "single_source":
        draft.sections.append(Paragraph(kit.say("article.single_source"), "quiet"))
    draft.sources = kit.sources(error.sources)
    draft.choices = related_choices(kit, error.related)
    return draft


def related_choices(kit: Kit, ids: Iterable[str]) -> list[Choice]:
    """Offer related articles and errors."""
    choices = []
    for id_ in ids:
        error = kit.lookup.error(id_)
        if error is None:
            choices += article_choices(kit, (id_,))
            continue
        asks = error.asks.ja if kit.language == "ja" else error.asks.en
        if asks:
            choices.append(Choice(kit.text(error.names), asks[0]))
    return choices
