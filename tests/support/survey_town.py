"""Domains whose published settings lead to real mail servers on loopback: for the tests of the survey and its command."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.support.dns_server import Front, NsdServer, front_of
from tests.support.mail_servers import ADDRESS, HOSTNAME, Certificate, running_dovecot, running_postfix
from tests.support.web_town import WebTown, web_town

_ZONE = """\
mail.probe A {address}
ispdb A 127.0.0.1
_imaps._tcp.probe SRV 0 1 {imaps} mail.probe
_imap._tcp.probe SRV 0 1 {imap} mail.probe
_pop3s._tcp.probe SRV 0 0 0 .
_submissions._tcp.probe SRV 0 1 {submissions} mail.probe
_submission._tcp.probe SRV 0 1 {submission} mail.probe
_imaps._tcp.elsewhere SRV 0 1 {imaps} mail.probe
_submissions._tcp.elsewhere SRV 0 1 {submissions} mail.probe
_imaps._tcp.broken SRV 0 1 {imaps} mail.broken
mail.broken A {address}
_imaps._tcp.inside SRV 0 1 993 mail.inside
mail.inside A 10.0.0.1
"""


@dataclass(frozen=True)
class Servers:
    """Running mail servers and the DNS that names them."""

    ports: dict[str, int]
    nsd: NsdServer
    ca_file: Path
    authority: trustme.CA


@contextmanager
def mail_and_dns() -> Iterator[Servers]:
    """Run Dovecot, Postfix and NSD.

    Raises:
        ServersMissingError: A mail server is not installed or cannot run here.
    """
    folder = Path(tempfile.mkdtemp(prefix="mp"))
    folder.chmod(0o755)
    try:
        authority = trustme.CA()
        issued = authority.issue_cert(HOSTNAME)
        ca_file, chain, key = folder / "ca.pem", folder / "chain.pem", folder / "key.pem"
        authority.cert_pem.write_to_path(str(ca_file))
        chain.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(str(key))
        for name in "dp":
            (folder / name).mkdir(mode=0o755)
        certificate = Certificate(chain, key)
        with (
            running_dovecot(folder / "d", certificate) as reading,
            running_postfix(folder / "p", certificate) as sending,
        ):
            ports = reading | sending
            with NsdServer(_ZONE.format(address=ADDRESS, **ports)) as nsd:
                yield Servers(ports, nsd, ca_file, authority)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class SurveyTown:
    """The servers, a front before the DNS, and a web with the ISPDB."""

    def __init__(self, servers: Servers, front: Front, web: WebTown) -> None:
        self.servers = servers
        self.front = front
        self.web = web

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables of a command in this town."""
        ports = ",".join(map(str, (*self.servers.ports.values(), self.web.https_port)))
        return {
            "PATH": "",
            "MAILPORTS_PROBE_ALLOW": f"127.0.0.0/8:{ports}",
            "MAILPORTS_DNS_SERVER": f"127.0.0.1:{self.front.address[1]}",
            "MAILPORTS_CA_FILE": str(self.servers.ca_file),
            "MAILPORTS_ISPDB": f"https://ispdb.test:{self.web.https_port}/",
            "MAILPORTS_AUTODISCOVER": "off",
        }

    async def command(self, *words: str, **more: str) -> tuple[int, str, str]:
        """Run `mailports probe` as a person does, in a process of its own."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "probe", *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**self.environment, **more},
        )
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()


@asynccontextmanager
async def survey_town(servers: Servers) -> AsyncIterator[SurveyTown]:
    """Run what stands around the mail servers."""
    async with web_town(servers.authority, ["ispdb.test"]) as web, front_of(servers.nsd) as front:
        yield SurveyTown(servers, front, web)
