"""`mailports probe`: its table, its JSON with a schema, its progress and its exit status."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.cli.probe_json import schema
from bot.errors import BotError
from bot.probe.typed import read_ports
from tests.support.fault_certificates import HOST, authority, server_context
from tests.support.fault_server import FaultServer, imap, imaps, smtp
from tests.support.small_dns import zone


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[list[int]]:
    """Serve IMAP under TLS, IMAP with STARTTLS, and SMTP with STARTTLS."""
    context = server_context(authority().issue("good"), tmp_path)
    async with AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(FaultServer(script, context).running()) for script in (imaps, imap, smtp)
        ]
        yield [server.port for server in servers]


async def command(
    ports: list[int], tmp_path: Path, *more: str, host: str = "127.0.0.1", dns_port: int = 9
) -> tuple[int, str, str]:
    """Run the command as a person does, in a process of its own."""
    kinds = ("imap/tls", "imap/starttls", "smtp/starttls")
    named = ",".join(f"{port}={kind}" for port, kind in zip(ports, kinds, strict=True))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "probe", host, "--ports", named, *more),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={
            "PATH": "",
            "MAILPORTS_PROBE_ALLOW": f"127.0.0.1/32:{','.join(map(str, ports))}",
            "MAILPORTS_DNS_SERVER": f"127.0.0.1:{dns_port}",
            "MAILPORTS_CA_FILE": str(authority().write_root(tmp_path / "ca.pem")),
        },
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_json_keeps_its_schema(ports: list[int], tmp_path: Path) -> None:
    """The object is valid against the schema that the command prints, and holds facts, verdict and wording apart."""
    status, out, err = await command(ports, tmp_path, "--json", "--language", "ja")
    record: dict[str, Any] = json.loads(out)
    jsonschema.Draft202012Validator(schema()).validate(record)
    assert status == 1  # the certificate is for a name, not for 127.0.0.1
    assert record["schema_version"] == 1
    assert [port["port"] for port in record["ports"]] == ports
    first = record["ports"][0]
    assert first["verdict"]["code"] == "certificate_wrong_name"
    assert HOST in first["verdict"]["message"]
    assert first["verdict"]["params"]["better"] == HOST
    assert first["facts"]["tls"]["chain"][0]["names"] == [HOST]
    assert first["facts"]["sasl_after"][0] == "PLAIN"
    assert record["recommended"] == []
    assert len(err.splitlines()) == 3  # one line of progress for each port


async def test_a_sound_server_ends_with_nought(ports: list[int], tmp_path: Path) -> None:
    """The name is looked up at the DNS server of the settings, everything works, and the best ports are recommended."""
    async with zone() as (_, dns):
        status, out, _ = await command(ports, tmp_path, "--json", host=HOST, dns_port=dns.port)
    record = json.loads(out)
    assert [port["verdict"]["code"] for port in record["ports"]] == ["works"] * 3
    rest = {"username": None, "authentication": ["password"], "origins": [], "needs_confirmation": False}
    assert record["recommended"] == [
        {"protocol": "imap", "hostname": HOST, "port": ports[0], "security": "implicit_tls", **rest},
        {"protocol": "smtp", "hostname": HOST, "port": ports[2], "security": "starttls", **rest},
    ]
    assert (record["kind"], record["is_server"], record["discovery"]) == ("server", True, None)
    assert (status, record["wrong_ports"]) == (0, [])


@pytest.mark.parametrize(("language", "heading"), [("ja", "調べたポート"), ("en", "Ports that were checked")])
async def test_the_table_names_every_port(ports: list[int], tmp_path: Path, language: str, heading: str) -> None:
    """Each port is in the table in the language that was asked for, and no placeholder is left."""
    _, out, _ = await command(ports, tmp_path, "--language", language)
    table = out[out.index(heading) :]
    assert all(str(port) in table for port in ports)
    assert "{" not in out
    assert "`" not in out


def test_the_schemas_keys_are_those_of_version_1() -> None:
    """A key that goes or changes its name needs a new version."""
    defined: dict[str, Any] = schema()["$defs"]  # type: ignore[assignment]
    assert set(defined["ProbeRecord"]["properties"]) == {
        *("schema_version", "host", "language", "probed_at", "elapsed_ms", "recommended", "wrong_ports", "ports"),
        *("kind", "is_server", "discovery", "unprobed"),
    }
    assert set(defined["PortRecord"]["properties"]) == {
        *("port", "protocol", "security", "verdict", "others", "facts", "hostname")
    }
    assert set(defined["PortFacts"]["properties"]) == {
        *("protocol", "port", "security", "ending", "stage", "address", "family", "refused_addresses", "connect_ms"),
        *("elapsed_ms", "greeting", "capabilities_before", "capabilities_after", "sasl_before", "sasl_after"),
        *("starttls_offered", "tls", "old_tls", "detail", "spoken"),
    }


def test_ports_are_read_as_typed() -> None:
    """Mail ports by number, others with protocol and encryption."""
    ports = read_ports("993, 8143=imap/starttls 8993=IMAP/tls")
    assert [(port.port, port.protocol, port.security) for port in ports] == [
        (993, "imap", "implicit_tls"),
        (8143, "imap", "starttls"),
        (8993, "imap", "implicit_tls"),
    ]


@pytest.mark.parametrize("ports", ["", "22", "x", "99999=imap/tls", "993=ftp/tls", "993=imap", "993=imap/none", "-1"])
def test_faulty_ports_are_refused(ports: str) -> None:
    """What cannot be read is refused in one sentence."""
    with pytest.raises(BotError, match=r"probe\.port_(form|unknown)"):
        read_ports(ports)


def test_nobody_scans_with_it() -> None:
    """A long list of ports is no question about a mail server."""
    with pytest.raises(BotError, match=r"probe\.ports_many"):
        read_ports(" ".join(f"{port}=imap/tls" for port in range(8000, 8030)))


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "http://mail.example.jp/", "mail", ""])
async def test_what_may_not_be_probed_ends_with_two(host: str) -> None:
    """A refused target is one sentence on standard error and exit status 2."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "probe", host),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": ""},
    )
    out, err = await process.communicate()
    assert process.returncode == 2
    assert out == b""
    assert err.startswith(b"mailports: ")
    assert err.count(b"\n") == 1
