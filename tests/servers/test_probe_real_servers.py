"""Against real servers, every fact is true: held against `openssl s_client` and the servers' own configuration."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
import trustme

from bot.probe.facts import Ending, PortFacts
from bot.probe.plan import PortPlan, ProbePlan
from bot.probe.run import probe
from bot.probe.target import Address, Guard, parse_allowed
from bot.probe.verdict import judge_host, judge_port
from tests.support.mail_servers import (
    ADDRESS,
    HOSTNAME,
    Certificate,
    ServersMissingError,
    running_dovecot,
    running_postfix,
)

pytestmark = [pytest.mark.servers]


class Names:
    """The test's own DNS: one host."""

    async def addresses(self, host: str) -> Sequence[Address]:
        """Return the address of the servers."""
        assert host in {HOSTNAME, "imap.other.test"}
        return [ip_address(ADDRESS)]


class Setup:
    """Running servers, their ports and their CA."""

    def __init__(self, ports: dict[str, int], ca_file: Path, dovecot: Path) -> None:
        self.ports = ports
        self.ca_file = ca_file
        self.dovecot = dovecot

    def plans(self, *names: str) -> tuple[PortPlan, ...]:
        """Return the plan of the named services."""
        kinds: dict[str, tuple[str, str]] = {
            "imap": ("imap", "starttls"),
            "imaps": ("imap", "implicit_tls"),
            "pop3": ("pop3", "starttls"),
            "pop3s": ("pop3", "implicit_tls"),
            "sieve": ("sieve", "starttls"),
            "smtp": ("smtp", "starttls"),
            "submission": ("smtp", "starttls"),
            "submissions": ("smtp", "implicit_tls"),
        }
        return tuple(PortPlan(self.ports[name], *kinds[name]) for name in names or self.ports)  # type: ignore[arg-type]

    async def probe(self, *names: str, host: str = HOSTNAME, ca: bool = True) -> dict[str, PortFacts]:
        """Probe the named services, or all."""
        plan = ProbePlan(host, self.plans(*names), str(self.ca_file) if ca else None)
        guard = Guard(parse_allowed(f"127.0.0.0/8:{','.join(map(str, self.ports.values()))}"))
        by_port = {port: name for name, port in self.ports.items()}
        return {by_port[facts.port]: facts async for facts in probe(plan, guard=guard, resolver=Names())}


@pytest.fixture(scope="module")
def servers() -> Iterator[Setup]:
    """Start Dovecot and Postfix with a certificate of a test CA."""
    folder = Path(tempfile.mkdtemp(prefix="mp"))
    folder.chmod(0o755)
    try:
        ca = trustme.CA()
        issued = ca.issue_cert(HOSTNAME, "*.mail.probe.test", common_name=HOSTNAME)
        ca_file, chain, key = folder / "ca.pem", folder / "chain.pem", folder / "key.pem"
        ca.cert_pem.write_to_path(str(ca_file))
        chain.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(str(key))
        (folder / "d").mkdir(mode=0o755)
        (folder / "p").mkdir(mode=0o755)
        certificate = Certificate(chain, key)
        with (
            running_dovecot(folder / "d", certificate) as reading,
            running_postfix(folder / "p", certificate) as sending,
        ):
            yield Setup(reading | sending, ca_file, folder / "d" / "dovecot.conf")
    except ServersMissingError as error:
        pytest.skip(str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def s_client(port: int, ca_file: Path, *more: str) -> str:
    """Return what `openssl s_client` says of a port."""
    done = subprocess.run(
        [
            *("openssl", "s_client", "-connect", f"{ADDRESS}:{port}", "-CAfile", str(ca_file)),
            *("-servername", HOSTNAME, "-verify_hostname", HOSTNAME, "-showcerts", *more),
        ],
        input="",
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return done.stdout + done.stderr


def doveconf(config: Path, name: str) -> str:
    """Return a setting as Dovecot itself reads it."""
    return subprocess.run(
        ["doveconf", "-c", str(config), "-h", name], capture_output=True, text=True, timeout=20, check=True
    ).stdout


STARTTLS = {"imap": "imap", "pop3": "pop3", "sieve": "sieve", "smtp": "smtp", "submission": "smtp"}


async def test_every_port_works_and_agrees_with_openssl(servers: Setup) -> None:
    """Version, cipher and certificate are what `openssl s_client` sees; each verdict is "works"."""
    seen = await servers.probe()
    assert seen.keys() == servers.ports.keys()
    for name, facts in seen.items():
        assert facts.ending is Ending.COMPLETED, (name, facts)
        assert facts.tls is not None
        told = s_client(facts.port, servers.ca_file, *(("-starttls", STARTTLS[name]) if name in STARTTLS else ()))
        assert "Verify return code: 0 (ok)" in told, (name, told)
        found = re.search(r"New, (\S+), Cipher is (\S+)", told)
        assert found is not None
        assert (facts.tls.version, facts.tls.cipher) == found.groups(), name
        assert told.count("BEGIN CERTIFICATE") == len(facts.tls.chain)
        assert facts.tls.verify_codes == ()
        assert facts.tls.is_for_hostname
        assert facts.tls.chain[0].names == (HOSTNAME, "*.mail.probe.test")
        assert facts.address == ADDRESS
        assert facts.family == "ipv4"
        assert judge_port(facts, HOSTNAME, datetime.now(UTC)).code == "works"


async def test_capabilities_before_and_after_tls_are_dovecots(servers: Setup) -> None:
    """LOGINDISABLED stands before TLS only, and the mechanisms after it are those of `doveconf`."""
    seen = await servers.probe("imap", "imaps", "pop3", "sieve")
    mechanisms = {word.upper() for word in doveconf(servers.dovecot, "auth_mechanisms").split()}
    imap = seen["imap"]
    assert imap.starttls_offered
    assert "LOGINDISABLED" in (imap.capabilities_before or ())
    assert imap.sasl_before == ()
    assert "LOGINDISABLED" not in (imap.capabilities_after or ())
    assert set(imap.sasl_after or ()) == mechanisms
    assert seen["imaps"].capabilities_before is None
    assert set(seen["imaps"].sasl_after or ()) == mechanisms
    assert "USER" not in (seen["pop3"].sasl_before or ())
    assert set(seen["pop3"].sasl_after or ()) == mechanisms | {"USER"}
    assert re.fullmatch(r"Dovecot .*Pigeonhole", seen["sieve"].greeting or "")
    assert seen["sieve"].sasl_before == ()
    assert set(seen["sieve"].sasl_after or ()) == mechanisms


async def test_postfix_greets_and_offers_what_it_is_set_to(servers: Setup) -> None:
    """The greeting has Postfix's name; STARTTLS is offered before TLS and gone after it."""
    seen = await servers.probe("smtp", "submission", "submissions")
    for name in ("smtp", "submission"):
        facts = seen[name]
        assert facts.greeting == f"{HOSTNAME} ESMTP Postfix"
        assert "STARTTLS" in (facts.capabilities_before or ())
        assert "STARTTLS" not in (facts.capabilities_after or ("STARTTLS",))
    assert "PIPELINING" in (seen["submissions"].capabilities_after or ())


async def test_old_tls_is_refused_as_configured(servers: Setup) -> None:
    """Both servers are set to TLS 1.2 or newer, and the facts say so."""
    for name, facts in (await servers.probe()).items():
        assert facts.old_tls is not None, name
        assert (facts.old_tls.tls_1_0, facts.old_tls.tls_1_1) == (False, False), name


async def test_another_name_and_unknown_roots_are_faults(servers: Setup) -> None:
    """Under another name the fitting one is offered; without the test CA the issuer is unknown."""
    now = datetime.now(UTC)
    wrong = (await servers.probe("imaps", host="imap.other.test"))["imaps"]
    verdict = judge_port(wrong, "imap.other.test", now)
    assert verdict.code == "certificate_wrong_name"
    assert dict(verdict.main.params)["better"] == HOSTNAME
    unknown = (await servers.probe("imap", ca=False))["imap"]
    assert judge_port(unknown, HOSTNAME, now).code == "certificate_unknown_issuer"


async def test_the_best_ports_are_recommended(servers: Setup) -> None:
    """TLS from the start comes before STARTTLS, one port for each protocol."""
    seen = await servers.probe()
    verdicts = tuple(judge_port(facts, HOSTNAME, datetime.now(UTC)) for facts in seen.values())
    best = {each.protocol: each.port for each in judge_host(verdicts, HOSTNAME).recommended}
    assert best == {
        "imap": servers.ports["imaps"],
        "pop3": servers.ports["pop3s"],
        "smtp": servers.ports["submissions"],
    }
