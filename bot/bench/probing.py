"""`mailports bench probe`: our probe beside sslyze and nmap's scripts, on the same Dovecot and Postfix on this machine.

The other two are never a dependency (AGPL, NPSL): each runs as a command, where it is on the PATH. nmap is told which of the
tests' odd ports is which service, so that it need not spend half a minute on guessing.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.bench.probing_facts import KINDS, Facts, count, read_nmap, read_ours, read_sslyze
from bot.bench.probing_limits import SERVICES, At, measure_limits
from bot.bench.report import Figure, at_least, at_most
from bot.probe.plan import PortPlan, ProbePlan
from bot.probe.run import probe
from bot.probe.target import Guard, parse_allowed

if TYPE_CHECKING:
    from tests.support.survey_town import Servers

_NMAP_NAMES: Final = {"submissions": "smtps", "submission": "smtp"}
_SCRIPTS: Final = "banner,ssl-cert,ssl-enum-ciphers,imap-capabilities,pop3-capabilities,smtp-commands"
_RUNS: Final = 5
_ONE_WAY_MS: Final = 10
_PEER_TIMEOUT_S: Final = 300


class CheckoutNeededError(Exception):
    """The test servers are not here; the text says what to do."""


def measure() -> tuple[list[str], list[Figure]]:
    """Measure everything.

    Returns:
        A table of the facts that each program found, and the figures.

    Raises:
        CheckoutNeededError: This is no checkout, or a server is missing.
    """
    if not Path("tests/support/survey_town.py").is_file():
        raise CheckoutNeededError("the probe is measured against the servers of the tests: run this in a checkout")
    try:
        from tests.support.dns_server import missing_reason
        from tests.support.mail_servers import ServersMissingError
        from tests.support.survey_town import mail_and_dns
    except ImportError as error:
        raise CheckoutNeededError(f"{error}: `make setup` installs what the tests need") from None
    if (reason := missing_reason()) is not None:
        raise CheckoutNeededError(reason)
    try:
        with mail_and_dns() as servers:
            table, figures = _beside_others(servers)
            figures += asyncio.run(_seven_ports(servers))
    except ServersMissingError as error:
        raise CheckoutNeededError(f"{error}; `make servers` installs it where that is allowed") from None
    return table, [*figures, *asyncio.run(measure_limits())]


# -- beside others -----------------------------------------------------------------------------------------------------


def _beside_others(servers: Servers) -> tuple[list[str], list[Figure]]:
    ports = {name: servers.ports[name] for name in SERVICES}
    ours_s, ours = _timed(lambda: _run_ours(servers, ports))
    found: dict[str, Facts] = {"mailports": ours}
    figures = [Figure("mailports probe, as a command", ours_s, "s"), Figure("facts, mailports", count(ours), "facts")]
    for name, run in (("sslyze", _run_sslyze), ("nmap", _run_nmap)):
        program = shutil.which(name)
        if program is None:
            print(f"  {name} is not on the PATH: left out", file=sys.stderr)
            continue
        seconds, facts = _timed(lambda run=run, program=program: run(program, servers, ports), runs=3)  # type: ignore[misc]
        found[name] = facts
        figures += [
            Figure(f"{name}, as a command", seconds, "s"),
            Figure(f"facts, {name}", count(facts), "facts"),
            at_least(f"{name}'s time / ours", seconds / ours_s, "x", 3),
            at_least(f"our facts / {name}'s", count(ours) / max(1, count(facts)), "x", 1),
        ]
    rows = [f"  {'answered on ports':<22}" + "".join(f"{name:>12}" for name in found)]
    for kind in KINDS:
        counts = [sum(kind in kinds for kinds in facts.values()) for facts in found.values()]
        rows.append(f"  {kind:<22}" + "".join(f"{number:>12}" for number in counts))
    return rows, figures


def _timed(run: Callable[[], Facts], runs: int = _RUNS) -> tuple[float, Facts]:
    """Return the median of the seconds, and what the last run found."""
    seconds: list[float] = []
    found: Facts = {}
    for _ in range(runs):
        started = time.perf_counter()
        found = run()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds), found


def _run_ours(servers: Servers, ports: dict[str, int]) -> Facts:
    from tests.support.mail_servers import HOSTNAME

    named = ",".join(f"{port}={'/'.join(SERVICES[name])}" for name, port in ports.items())
    environment = {
        **os.environ,
        "MAILPORTS_PROBE_ALLOW": f"127.0.0.0/8:{','.join(map(str, ports.values()))}",
        "MAILPORTS_DNS_SERVER": f"127.0.0.1:{servers.nsd.port}",
        "MAILPORTS_CA_FILE": str(servers.ca_file),
    }
    command = [sys.executable, "-m", "bot", "probe", HOSTNAME, "--json", "--ports", named]
    return read_ours(_output(command, environment))


def _run_sslyze(program: str, servers: Servers, ports: dict[str, int]) -> Facts:
    """Run one process for the ports with TLS from the start, and one per kind of STARTTLS, all at once."""
    from tests.support.mail_servers import ADDRESS, HOSTNAME

    kinds: dict[str | None, list[int]] = {}
    for name, port in ports.items():
        protocol, security = SERVICES[name]
        if protocol != "sieve":  # which it does not know
            kinds.setdefault(protocol if security == "starttls" else None, []).append(port)
    options = ["--certinfo", "--certinfo_ca_file", str(servers.ca_file), "--sni", HOSTNAME]
    options += ["--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3", "--json_out", "-"]
    processes = []
    for kind, of_kind in kinds.items():
        starttls = [] if kind is None else ["--starttls", kind]
        where = [f"{ADDRESS}:{port}" for port in of_kind]
        command = [program, *options, *starttls, *where]
        processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True))
    found: Facts = {}
    for process in processes:
        out, _ = process.communicate(timeout=_PEER_TIMEOUT_S)
        found |= read_sslyze(out)
    return found


def _run_nmap(program: str, servers: Servers, ports: dict[str, int]) -> Facts:
    from tests.support.mail_servers import ADDRESS

    with tempfile.TemporaryDirectory() as folder:
        lines = [f"{_NMAP_NAMES.get(name, name)}\t{port}/tcp\t0.9\n" for name, port in ports.items()]
        (Path(folder) / "nmap-services").write_text("".join(lines), encoding="ascii")
        command = [program, "-Pn", "-n", "-sT", "--datadir", folder, "-p", ",".join(map(str, ports.values()))]
        xml = _output([*command, "--script", _SCRIPTS, "-oX", "-", ADDRESS], dict(os.environ))
    implicit = {port for name, port in ports.items() if SERVICES[name][1] == "implicit_tls"}
    return read_nmap(xml, implicit)


def _output(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=_PEER_TIMEOUT_S, check=False, encoding="utf-8"
    )
    return done.stdout


# -- one host ----------------------------------------------------------------------------------------------------------


async def _seven_ports(servers: Servers) -> list[Figure]:
    """Hold all seven ports together against the slowest of them alone: next door, and one round trip away."""
    from tests.support.mail_servers import ADDRESS

    near = {name: servers.ports[name] for name in SERVICES}
    with _delayed(ADDRESS, near) as far:
        return [
            *await _together_and_alone("on this machine", near, ADDRESS, servers, limit=None),
            *await _together_and_alone(f"{2 * _ONE_WAY_MS} ms away", far, "127.0.0.1", servers, limit=1.3),
        ]


async def _together_and_alone(
    where: str, ports: dict[str, int], address: str, servers: Servers, *, limit: float | None
) -> list[Figure]:
    from tests.support.mail_servers import HOSTNAME

    guard = Guard(parse_allowed(f"127.0.0.0/8:{','.join(map(str, ports.values()))}"))

    async def seconds(*names: str) -> float:
        planned = tuple(PortPlan(ports[name], *SERVICES[name]) for name in names)  # type: ignore[arg-type]
        plan = ProbePlan(HOSTNAME, planned, str(servers.ca_file))
        taken = []
        for _ in range(_RUNS):
            started = time.perf_counter()
            async for _facts in probe(plan, guard=guard, resolver=At(address)):
                pass
            taken.append(time.perf_counter() - started)
        return statistics.median(taken)

    await seconds("imaps")  # loads what is loaded once
    together = await seconds(*SERVICES)
    alone = {name: await seconds(name) for name in SERVICES}
    slowest = max(alone, key=lambda name: alone[name])
    name = f"seven ports / slowest alone, {where}"
    ratio = together / alone[slowest]
    return [
        Figure(f"one host, seven ports, {where}", together, "s"),
        Figure(f"slowest alone ({slowest}), {where}", alone[slowest], "s"),
        # Without any way between, seven handshakes share our one processor, and nothing is there to overlap.
        Figure(name, ratio, "x") if limit is None else at_most(name, ratio, "x", limit),
    ]


@contextmanager
def _delayed(address: str, ports: dict[str, int]) -> Iterator[dict[str, int]]:
    """Run a relay before each port that holds back what goes either way."""
    command = [sys.executable, "-m", "bot.bench.probing_delay", address, str(_ONE_WAY_MS), *map(str, ports.values())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield dict(zip(ports, json.loads(process.stdout.readline()), strict=True))
        process.communicate(timeout=10)
