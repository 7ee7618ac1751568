"""`mailports knowledge verify` as a person runs it, against servers on loopback that an own folder documents."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.fault_certificates import HOST, authority, server_context
from tests.support.fault_server import FaultServer, Talk, imap, imaps, smtp
from tests.support.small_dns import zone

PROVIDER = """\
id: loop
names: {{ja: ループ, en: Loop}}
status: works
username: email_address
authentication: [password]
evidence: unreviewed
sources: [{{url: "https://loop.example/", title: Loop, checked_on: 2026-11-20}}]
servers:
{servers}
"""


class World:
    """Servers, their DNS, and a folder that documents them."""

    def __init__(self, folder: Path, dns_port: int) -> None:
        self.folder = folder
        self.state = folder / "state.jsonl"
        self._dns_port = dns_port
        self._ports: list[int] = []
        self._lines: list[str] = []

    def document(self, host: str, protocol: str, port: int, security: str) -> None:
        """Write that a host offers something."""
        self._ports.append(port)
        more = ", recommended: false" if security == "plaintext" else ""
        self._lines.append(f"  - {{hostname: {host}, protocol: {protocol}, port: {port}, security: {security}{more}}}")
        (self.folder / "providers").mkdir(exist_ok=True)
        text = PROVIDER.format(servers="\n".join(self._lines))
        (self.folder / "providers" / "loop.yaml").write_text(text, encoding="utf-8")

    def state_files(self) -> list[Path]:
        """Return what is kept for the next run."""
        return list(self.folder.glob("state*"))

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        """Start the command."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "knowledge", "verify", "--only", "loop", "--pause", "0", *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Whoever runs the tests in the background hands down that Ctrl-C is ignored.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
            env={
                "PATH": "",
                "MAILPORTS_KNOWLEDGE": str(self.folder),
                "MAILPORTS_PROBE_ALLOW": f"127.0.0.1/32:{','.join(map(str, self._ports))}",
                "MAILPORTS_DNS_SERVER": f"127.0.0.1:{self._dns_port}",
                "MAILPORTS_CA_FILE": str(authority().write_root(self.folder / "ca.pem")),
            },
        )

    async def verify(self, *words: str) -> tuple[int, dict[str, Any], str]:
        """Run the command to its end."""
        process = await self.start("--json", *words)
        out, err = await process.communicate()
        return process.returncode or 0, json.loads(out or b"{}"), err.decode()


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """Run the DNS."""
    async with zone() as (_, dns):
        yield World(folder, dns.port)


async def no_starttls(talk: Talk) -> None:
    """Speak IMAP in the clear alone."""
    await imap(talk, starttls=False)


def kinds(record: dict[str, Any]) -> set[tuple[str, int | None, str, bool]]:
    """Return the findings in short."""
    return {(each["hostname"], each["port"], each["kind"], each["wrong"]) for each in record["findings"]}


async def test_drift_is_reported(tmp_path: Path) -> None:
    """Gone, closed, without STARTTLS, a certificate for another name; a sound server is not named."""
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(world(tmp_path))
        good = server_context(authority().issue("good"), tmp_path)
        wrong = server_context(authority().issue("wrong_name"), tmp_path)
        sound, plain, misnamed = [
            await stack.enter_async_context(FaultServer(script, context).running())
            for script, context in ((imaps, good), (no_starttls, good), (smtp, wrong))
        ]
        closed = FaultServer(imaps, good)
        async with closed.running():
            pass
        town.document(HOST, "imap", sound.port, "implicit_tls")
        town.document(HOST, "imap", plain.port, "starttls")
        town.document(HOST, "smtp", misnamed.port, "starttls")
        town.document(HOST, "pop3", closed.port, "implicit_tls")
        town.document("nowhere.fault.test", "imap", sound.port, "implicit_tls")
        status, record, _ = await town.verify()
        assert kinds(record) == {
            (HOST, plain.port, "starttls_missing", True),
            (HOST, misnamed.port, "certificate_faulty", True),
            (HOST, closed.port, "port_closed", True),
            ("nowhere.fault.test", None, "gone", True),
        }
        assert (status, record["hosts"]) == (1, 2)


async def test_one_connection_at_a_time(tmp_path: Path) -> None:
    """The ports of one host are visited one after the other, each once."""
    most = 0

    async def counted(talk: Talk) -> None:
        nonlocal most
        most = max(most, first.open + second.open)
        await imaps(talk)

    context = server_context(authority().issue("good"), tmp_path)
    first, second = FaultServer(counted, context), FaultServer(counted, context)
    async with world(tmp_path) as town, first.running(), second.running():
        town.document(HOST, "imap", first.port, "implicit_tls")
        town.document(HOST, "imap", second.port, "implicit_tls")
        status, record, _ = await town.verify()
    assert (status, record["findings"], most) == (0, [], 1)
    assert [len(server.talks) for server in (first, second)] == [1, 1]


async def test_a_new_certificate_is_noticed(tmp_path: Path) -> None:
    """Against the run before, as a note: the exit status stays nought."""
    records = []
    async with world(tmp_path) as town:
        port = 0
        for _ in range(2):
            server = FaultServer(imaps, server_context(authority().issue("good"), tmp_path))
            running = await asyncio.start_server(server._serve, "127.0.0.1", port)
            port = running.sockets[0].getsockname()[1]
            if not records:
                town.document(HOST, "imap", port, "implicit_tls")
            records.append(await town.verify("--resume", str(town.state)))
            running.close()
    assert [kinds(record) for _, record, _ in records] == [set(), {(HOST, port, "certificate_changed", False)}]
    assert [status for status, _, _ in records] == [0, 0]


async def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    """Broken off while a server is silent: the next call visits only what is left, and says so."""
    is_silent = True

    async def sometimes(talk: Talk) -> None:
        if is_silent:
            await talk.wait_for_the_end()
        else:
            await imaps(talk)

    context = server_context(authority().issue("good"), tmp_path)
    quick, slow = FaultServer(imaps, context), FaultServer(sometimes, context)
    async with world(tmp_path) as town, quick.running(), slow.running():
        town.document(HOST, "imap", quick.port, "implicit_tls")
        town.document("mail.slow.test", "imap", slow.port, "implicit_tls")
        process = await town.start("--resume", str(town.state), "--language", "en")
        for _ in range(1000):
            if slow.open:
                break
            await asyncio.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
        assert (process.returncode, out) == (130, b"")
        assert err.decode().splitlines()[-1].startswith("Broken off after 1 of 2 hosts.")
        assert not town.state.exists()
        is_silent = False
        _, record, err_text = await town.verify("--resume", str(town.state), "--language", "en")
    assert err_text.startswith("1 of 2 hosts are done already.")
    assert record["hosts"] == 2
    assert len(quick.talks) == 1
    assert len(town.state.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize("count", [1, 3])
async def test_a_dead_network_is_not_blamed_on_everybody(tmp_path: Path, count: int) -> None:
    """When nobody answers at all, nothing is judged, and nothing is kept for the next run."""
    async with world(tmp_path) as town:
        for number in range(count):
            town.document(f"broken.{number}.test", "imap", 1993, "implicit_tls")
        status, record, err = await town.verify("--resume", str(town.state), "--language", "en")
    assert (status, record) == (2, {})
    assert "Nothing was judged." in err
    assert town.state_files() == []


async def test_names_of_single_customers_cannot_be_visited(tmp_path: Path) -> None:
    """Nothing to visit is no success."""
    async with world(tmp_path) as town:
        town.document(HOST, "imap", 1993, "implicit_tls")
        status, record, err = await town.verify("--only", "xserver", "--language", "en")
    assert (status, record) == (2, {})
    assert "no server to visit" in err


@pytest.mark.parametrize(
    "words", [["--only", "nobody"], ["--at-once", "0"], ["--pause", "x"], ["--resume", "diary.txt"]]
)
async def test_what_cannot_be_run_ends_with_two(tmp_path: Path, words: list[str]) -> None:
    """One sentence and exit status 2."""
    diary = tmp_path / "diary.txt"
    diary.write_text("dear diary\n", encoding="utf-8")
    async with world(tmp_path) as town:
        town.document(HOST, "imap", 1993, "implicit_tls")
        process = await town.start(*(str(diary) if word == "diary.txt" else word for word in words))
        out, err = await process.communicate()
    assert (process.returncode, out) == (2, b"")
    assert err
    assert diary.read_text(encoding="utf-8") == "dear diary\n"
