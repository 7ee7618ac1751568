"""Surveys of made-up domains: what is published, and what was seen."""

from __future__ import annotations

from dataclasses import replace

from bot.discovery.agree import Discovery, judge_agreement
from bot.discovery.candidates import Candidate, Found
from bot.kb.model import Protocol
from bot.probe.facts import Ending, PortFacts, Stage
from bot.probe.plan import PortPlan, ProbePlan
from bot.probe.verdict import judge_host, judge_port
from bot.survey.result import HostLook, Survey, recommend
from bot.survey.target import Target
from tests.unit.probe.test_verdict import GOOD, NOW

DOMAIN = "a.example"


def discovery(*candidates: Candidate) -> Discovery:
    """Return what was found, each candidate brought by a step of its own."""
    return judge_agreement(DOMAIN, [Found(each.origin, (each,)) for each in candidates])


def port(number: int, protocol: Protocol = "imap", *, works: bool = True, starttls: bool = False) -> PortFacts:
    """Return what was seen on a port: a sound server, or nobody."""
    security = "starttls" if starttls else "implicit_tls"
    if not works:
        return PortFacts(protocol, number, security, Ending.REFUSED, Stage.CONNECT)  # type: ignore[arg-type]
    seen = replace(GOOD, protocol=protocol, port=number, security=security, sasl_after=("PLAIN", "XOAUTH2"))
    return replace(seen, starttls_offered=starttls)


def look(hostname: str, *facts: PortFacts) -> HostLook:
    """Return a host whose ports are all done."""
    plan = ProbePlan(hostname, tuple(PortPlan(each.port, each.protocol, "implicit_tls") for each in facts))
    return HostLook(plan, facts, judge_host(tuple(judge_port(each, hostname, NOW) for each in facts), hostname))


def survey(found: Discovery | None, *looks: HostLook, target: Target | None = None) -> Survey:
    """Return a complete survey."""
    target = target or Target("domain", DOMAIN)
    return Survey(target, found, looks, recommend(target, found, looks), True, True)
