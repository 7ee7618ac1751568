"""What a probe shows in Slack at each moment: the start, what is known so far, the report."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from bot.answer.model import Answer
from bot.answer.probe_report import Course, HostSeen, compose_refusal, compose_report, compose_start
from bot.cards import action_ids
from bot.kb.model import Language
from bot.probe.service import HostProgress, Progress
from bot.probe.verdict import judge_host, judge_port
from bot.slack import messages
from bot.slack.messages import Json
from bot.slack.probe_run import Private, Run
from bot.work import PostedAs

if TYPE_CHECKING:
    from bot.answer.engine import Engine
    from bot.answer.kit import Kit
    from bot.slack.words import Words


class ProbeCards:
    """Makes the messages of probes. The composer and all it knows of TLS are imported by the first probe, not before.

    Args:
        engine: Holds the knowledge and the words.
        words: Labels of the buttons.
    """

    def __init__(self, engine: Engine, words: Words) -> None:
        self._engine = engine
        self._words = words

    def start(self, run: Run) -> Answer:
        """Return what is said before anything was seen."""
        kit = self._engine.kit(run.language)
        return compose_start(kit, run.wish.hosts, _name(kit, run))

    def report(self, run: Run, language: Language | None = None) -> Answer:
        """Return what is known so far, or in the end; in the asker's language by default."""
        kit = self._engine.kit(language or run.language)
        if run.error is not None:
            return compose_refusal(kit, [run.error], run.wish.hosts)
        # Nothing was handed over yet where the probe was ended at its very beginning.
        progress = run.latest or tuple(HostProgress(plan) for plan in run.wish.plans)
        errors = [each.error for each in progress if each.error is not None]
        if errors and len(errors) == len(progress):
            return compose_refusal(kit, errors, run.wish.hosts)
        seen_at = min((each.seen_at for each in progress if each.seen_at is not None), default=None)
        until = run.ended_at or datetime.now(UTC)
        course = Course(
            state=run.state,
            waiting=sum(each.waiting for each in progress),
            seconds=(run.ended or time.monotonic()) - run.began,
            seen_at=seen_at,
            age_s=max(0, round((until - seen_at).total_seconds())) if seen_at is not None else 0,
        )
        lookup = kit.lookup
        owners = [lookup.provider_of_host(host) for host in run.wish.hosts]
        named = lookup.provider(run.wish.provider) if run.wish.provider is not None else None
        return compose_report(
            kit,
            _seen(progress, until),
            course,
            client=lookup.client(run.wish.client) if run.wish.client is not None else None,
            provider=named or (owners[0] if len({owner.id if owner else "" for owner in owners}) == 1 else None),
            name=_name(kit, run),
            errors=errors,
        )

    def message(
        self, run: Run, answer: Answer, posted: PostedAs | None, more: list[Json], *, is_last: bool = False
    ) -> tuple[Json, Json]:
        """Return the message that shows *answer* where the probe is shown, and the same as plain text.

        Args:
            run: The probe.
            answer: The start, what is known so far, or the report.
            posted: The message to be changed; None where there is none, or nobody can tell (a response URL).
            more: Buttons below it.
            is_last: Nothing comes after it.
        """
        place = run.place
        if isinstance(place, Private):
            is_first = not run.latest and not is_last
            answer = replace(answer, private_notice=run.notice)
            return messages.private(answer, run.key, place.url, more=more, replace=place.replace or not is_first)
        if posted is not None:
            return messages.update(answer, run.key, posted, more)
        return messages.posting(answer, run.key, place.channel, place.root, more)

    def stop_button(self, run: Run) -> list[Json]:
        """Return the button that ends a running probe."""
        return messages.button(action_ids.PROBE_STOP, self._words.say("probe_stop", run.language), run.id)

    def share_button(self, run: Run) -> list[Json]:
        """Return the button that shows a report to everyone."""
        return messages.button(action_ids.PROBE_SHARE, self._words.say("share", run.language), run.id)

    def check_button(self, value: str, language: Language) -> list[Json]:
        """Return the button below an answer that has its servers probed."""
        return messages.button(action_ids.PROBE_CHECK, self._words.say("probe_check", language), value)


def _name(kit: Kit, run: Run) -> str | None:
    provider = kit.lookup.provider(run.wish.provider or "") if run.wish.by_name else None
    return kit.text(provider.names) if provider is not None else None


def _seen(progress: Progress, now: datetime) -> list[HostSeen]:
    found = []
    for each in progress:
        if each.error is None:
            host = each.plan.host
            known = [each.facts[port.port] for port in each.plan.ports if port.port in each.facts]
            verdict = judge_host(tuple(judge_port(facts, host, now) for facts in known), host)
            found.append(HostSeen(verdict, each.facts))
    return found
