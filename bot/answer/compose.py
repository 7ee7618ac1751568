"""Turn a decision into an answer: one composer for each intent, several parts put together into one card."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec.structs import replace

from bot.answer import general, settings, talk, trouble
from bot.answer.kit import Draft, Kit, Part
from bot.answer.model import (
    Answer,
    DecisionName,
    Heading,
    Section,
    SettingRow,
    SettingsTable,
    SourceLine,
)
from bot.answer.questions import MAX_CHOICES, provider_choices, without_doubles
from bot.match.model import Clarify, HandOff, Match, Reading, Silent, Slots

if TYPE_CHECKING:
    from bot.match.model import Decision

Composer = Callable[[Kit, Part], Draft | None]


def _check(kit: Kit, part: Part) -> Draft:
    # Its patterns take a few milliseconds to compile, which only those who paste settings should wait for.
    from bot.answer.check import compose_check

    return compose_check(kit, part)


_NONE_SIGNS = ("なし", "無し", "ナシ", "none", "no ", "off", "オフ", "without", "unencrypted", "平文", "plain")
_MAX_CLARIFY_CHOICES = 10
_MAX_TITLE = 90
_MAX_SOURCES = 3
_MAX_SOURCES_OF_SEVERAL = 4
_COMPOSERS: dict[str, Composer] = {
    "provider_settings": settings.compose_provider,
    "client_setup": settings.compose_provider,
    "explain_port": general.compose_ports,
    "port_for_protocol": general.compose_ports_of_protocol,
    "compare_ports": general.compose_compare_ports,
    "compare_protocols": trouble.compose_comparison,
    "compare_encryption": trouble.compose_comparison,
    "username": trouble.compose_username,
    "server_name": trouble.compose_username,
    "explain_term": trouble.compose_terms,
    "port25": trouble.compose_symptom,
    "explain_error": trouble.compose_error,
    "cannot_send": trouble.compose_symptom,
    "cannot_receive": trouble.compose_symptom,
    "cannot_sign_in": trouble.compose_symptom,
    "certificate_warning": trouble.compose_symptom,
    "check_settings": _check,
    "probe": talk.compose_probe,
    "help": talk.compose_help,
    "thanks": talk.compose_small_talk,
    "greeting": talk.compose_small_talk,
    "change_language": talk.compose_small_talk,
    "privacy": talk.compose_small_talk,
    "person": talk.compose_small_talk,
    "not_mail_port": general.compose_not_mail,
}
INTENTS = tuple(_COMPOSERS)
# These show a provider's settings; asked for two providers, they are answered once for each.
_PER_PROVIDER = {"provider_settings", "client_setup", "username", "server_name", "probe"}


def compose(kit: Kit, decision: Decision, reading: Reading) -> Answer | None:
    """Compose what is said for *decision*.

    Returns:
        The answer; None if nothing is said.
    """
    if isinstance(decision, Silent):
        return None
    several = False
    if isinstance(decision, Match):
        parts = _parts(decision, reading)
        draft = _match(kit, parts)
        several = len(parts) > 1
        intent = parts[0].intent if parts else "help"
        if draft is None:
            draft = talk.compose_hand_off(kit, HandOff("not_understood", decision.confidence), reading)
    elif isinstance(decision, Clarify):
        draft = talk.compose_clarify(kit, decision, reading, reading.slots)
        intent = next((score.intent for score in reading.scores), "provider_settings")
    else:
        draft = talk.compose_hand_off(kit, decision, reading)
        intent = next((score.intent for score in reading.scores), "help")
    return Answer(
        decision=draft.decision,
        language=kit.language,
        intent=intent,
        confidence=decision.confidence,
        title=draft.title,
        sections=tuple(draft.whole()),
        sources=tuple(_once(draft.sources))[: _MAX_SOURCES_OF_SEVERAL if several else _MAX_SOURCES],
        choices=without_doubles(draft.choices, _MAX_CLARIFY_CHOICES if draft.decision == "clarify" else MAX_CHOICES),
        private_notice=kit.say("notice.secret") if reading.redacted else None,
        feedback=draft.feedback,
        sets_language=any(score.intent == "change_language" and score.confidence >= 0.5 for score in reading.scores),
        labels=kit.labels(),
    )


def _match(kit: Kit, parts: list[Part]) -> Draft | None:
    drafts = []
    for part in parts:
        composer = _COMPOSERS.get(part.intent)
        draft = composer(kit, part) if composer is not None else None
        if draft is None:
            continue
        if part.slots.providers and _belongs_to_provider(part):
            draft = trouble.with_settings(kit, draft, part)
        drafts.append((part, draft))
    if not drafts:
        return None
    if len(drafts) == 1:
        return drafts[0][1]
    return _together(kit, drafts)


def _belongs_to_provider(part: Part) -> bool:
    """Say whether a general answer is about the provider that was named, so that its own values belong below it."""
    if part.intent in ("compare_ports", "compare_protocols", "compare_encryption"):
        return True
    # A word asked for in a conversation about a provider is most often just a word.
    return part.intent in ("explain_term", "explain_port") and not part.reading.is_follow_up


def _parts(match: Match, reading: Reading) -> list[Part]:
    parts: dict[tuple[object, ...], Part] = {}
    for score, slots in match.parts:
        each = [slots]
        if score.intent in _PER_PROVIDER and len(slots.providers) > 1:
            each = [replace(slots, providers=(provider,)) for provider in slots.providers]
        elif score.intent in _PER_PROVIDER and not slots.providers and len(slots.clients) > 1:
            each = [replace(slots, clients=(client,)) for client in slots.clients]
        for one in each:
            parts.setdefault((score.intent, score.article, one), Part(score.intent, one, reading, score.article))
    found = list(parts.values())
    if len(found) == 1 and _is_paste(found[0]):
        return [replace(found[0], intent="check_settings")]
    return found


def _is_paste(part: Part) -> bool:
    """Say whether a question about port numbers is in truth a paste: a port with "none" must not go by unnoticed."""
    if part.intent not in ("explain_port", "compare_ports") or part.reading.is_follow_up:
        return False
    slots = part.slots
    text = part.reading.redacted_text.casefold()
    # Cheap signs first: reading a paste costs more than all the rest of an answer.
    if not any(sign in text for sign in _NONE_SIGNS):
        return False
    # "Are 110 and 587 without SSL?" asks about ports in general; each with its own protocol is somebody's settings.
    each_named = len(slots.ports) > 1 and len(slots.protocols) + len(slots.directions) > 1
    if "check" not in slots.concepts and not slots.hosts and not each_named:
        return False
    from bot.answer.pasted import read_settings

    return any(entry.port is not None and entry.security == "plaintext" for entry in read_settings(text))


def _together(kit: Kit, drafts: list[tuple[Part, Draft]]) -> Draft:
    """Put several answers into one: a heading each, and one table where several providers' settings were asked."""
    titles = [draft.title for _, draft in drafts]
    title = kit.join(titles)
    whole = Draft(title if len(title) <= _MAX_TITLE else kit.say("several.title"))
    tables = [s for _, draft in drafts for s in draft.sections if isinstance(s, SettingsTable)]
    combined = len(tables) > 1
    if combined:
        # Slack shows one table a message, and side by side is what two providers are asked for.
        rows = tuple(_with_provider(kit, row) for table in tables for row in table.rows)
        whole.sections.append(SettingsTable("", rows, tables[0].header))
    seen: list[Section] = []
    for _, draft in drafts:
        # Side by side, the notes of each would bury what differs.
        sections = [s for s in draft.sections if not isinstance(s, SettingsTable)] if combined else draft.whole()
        kept = [s for s in sections if isinstance(s, Heading) or s not in seen]
        seen += kept
        whole.sections += _without_empty_headings([Heading(draft.title), *kept])
        whole.feedback = whole.feedback and draft.feedback
    if combined:
        # A button such as "iPhone" would not say which of the providers it asks about; these lead to each one's notes.
        whole.choices = provider_choices(kit, "provider_settings", Slots(), _providers(tables))
    else:
        whole.choices = _in_turn([draft.choices for _, draft in drafts])
    whole.sources = _in_turn([draft.sources for _, draft in drafts])
    decisions: set[DecisionName] = {draft.decision for _, draft in drafts}
    whole.decision = "answer" if "answer" in decisions else drafts[0][1].decision
    return whole


_Item = TypeVar("_Item")


def _in_turn(lists: list[list[_Item]]) -> list[_Item]:
    """Return the first of each list, then the second of each …, so that no part of an answer takes all the room."""
    longest = max(map(len, lists), default=0)
    return [item for i in range(longest) for items in lists for item in items[i : i + 1]]


def _providers(tables: list[SettingsTable]) -> list[str]:
    return list(dict.fromkeys(row.provider for table in tables for row in table.rows))


def _with_provider(kit: Kit, row: SettingRow) -> SettingRow:
    provider = kit.lookup.provider(row.provider)
    name = kit.text(provider.names) if provider is not None else row.provider
    return msgspec.structs.replace(row, purpose=kit.say("purpose.of_provider", provider=name, purpose=row.purpose))


def _without_empty_headings(sections: list[Section]) -> list[Section]:
    return [
        section
        for section, following in zip(sections, [*sections[1:], None], strict=True)
        if not isinstance(section, Heading) or (following is not None and not isinstance(following, Heading))
    ]


def _once(lines: list[SourceLine]) -> list[SourceLine]:
    return list(dict.fromkeys(lines))
