"""From an address to settings that really work: a real DNS, a real web, Dovecot and Postfix, and the command in its process."""

from __future__ import annotations

import asyncio
import json
import plistlib
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import pytest_asyncio

from bot.cli.probe_json import schema
from tests.support.dns_server import missing_reason
from tests.support.mail_servers import HOSTNAME, ServersMissingError
from tests.support.survey_town import Servers, SurveyTown, mail_and_dns, survey_town
from tests.unit.discovery.sample import config, server

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(missing_reason() is not None, reason=missing_reason() or ""),
]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Run the mail servers and the DNS for all tests of the file."""
    try:
        with mail_and_dns() as running:
            yield running
    except ServersMissingError as error:
        pytest.skip(str(error))


@pytest_asyncio.fixture
async def town(servers: Servers) -> AsyncIterator[SurveyTown]:
    """Run the town; the ISPDB knows probe.test as its DNS does, but for the form of nothing else."""
    async with survey_town(servers) as running:
        ports = servers.ports
        file = config(
            server("imap", HOSTNAME, ports["imaps"], "SSL", way="password-cleartext"),
            server("smtp", HOSTNAME, ports["submissions"], "SSL", way="password-cleartext"),
            domains=("probe.test",),
        )
        running.web.put("https", "ispdb.test", "/probe.test", file)
        yield running


def lines_of(record: dict[str, Any]) -> list[tuple[str, str, int, str, list[str], bool]]:
    """Return the recommended settings in short."""
    keys = ("protocol", "hostname", "port", "security", "origins", "needs_confirmation")
    return [tuple(each[key] for key in keys) for each in record["recommended"]]  # type: ignore[misc]


async def test_an_address_leads_to_settings_that_work(town: SurveyTown) -> None:
    """What two sources name and the servers really do is recommended: TLS from the start, with who says so."""
    status, out, _ = await town.command("taro.himitsu@probe.test", "--json", "--language", "ja")
    record = json.loads(out)
    jsonschema.Draft202012Validator(schema()).validate(record)
    ports = town.servers.ports
    assert lines_of(record) == [
        ("imap", HOSTNAME, ports["imaps"], "implicit_tls", ["ispdb", "srv"], False),
        ("smtp", HOSTNAME, ports["submissions"], "implicit_tls", ["ispdb", "srv"], False),
    ]
    assert (record["host"], record["kind"], record["is_server"]) == ("probe.test", "domain", False)
    verdicts = {
        (each["protocol"], each["port"]): each["verdict"]
        for each in record["discovery"]["candidates"]
        if each["trust"] != "guess"
    }
    assert verdicts == {
        ("imap", ports["imaps"]): "works",
        ("imap", ports["imap"]): "works",
        ("smtp", ports["submissions"]): "works",
        ("smtp", ports["submission"]): "works",
    }
    # Beside the named ports the usual ones are looked at, which are not open to the guard here.
    assert {each["verdict"]["code"] for each in record["ports"]} == {"works", "could_not_test"}
    assert status == 1
    assert [each["reason"] for each in record["discovery"]["faults"] if each["origin"] == "srv"] == ["not_offered"]


async def test_the_part_before_the_at_goes_nowhere(town: SurveyTown) -> None:
    """Not into the DNS, not to a web server, not into the report, the log or a file."""
    _, out, err = await town.command("Taro.Himitsu@probe.test")
    everything = [out, err, *town.front.questions, *(str(request) for request in town.web.requests)]
    assert town.web.requests
    assert town.front.questions
    assert not [text for text in everything if "himitsu" in text.lower() or "@" in text]


async def test_a_stranger_in_the_dns_needs_a_persons_word(town: SurveyTown, tmp_path: Path) -> None:
    """A server in another domain that only SRV records name is shown with a warning, and no file is made of it."""
    profile = tmp_path / "x.mobileconfig"
    status, out, err = await town.command("--domain", "elsewhere.test", "--language", "en", "--profile", str(profile))
    assert f"{HOSTNAME} is in another domain" in out
    assert (status, profile.exists()) == (2, False)
    assert err.splitlines()[-1].startswith("mailports: No file was made")


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_files_are_made_of_what_works(town: SurveyTown, tmp_path: Path, language: str) -> None:
    """Profile, autoconfig, QR code and ticket text name the servers that were seen to work."""
    names = {kind: tmp_path / f"x.{kind}" for kind in ("mobileconfig", "xml", "png")}
    _, out, err = await town.command(
        *("a@probe.test", "--language", language, "--ticket"),
        *("--profile", str(names["mobileconfig"]), "--autoconfig", str(names["xml"]), "--qr", str(names["png"])),
    )
    account = plistlib.loads(names["mobileconfig"].read_bytes())["PayloadContent"][0]
    assert account["IncomingMailServerHostName"] == HOSTNAME
    assert account["OutgoingMailServerPortNumber"] == town.servers.ports["submissions"]
    assert b"%EMAILADDRESS%" in names["xml"].read_bytes()
    assert names["png"].read_bytes().startswith(b"\x89PNG")
    assert str(town.servers.ports["imaps"]) in out
    assert "{" not in out + err
    assert all(str(path) in err for path in names.values())


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_report_names_everything(town: SurveyTown, language: str) -> None:
    """Sources, silent ones and each port are said in the language that was asked for; no placeholder is left."""
    _, out, err = await town.command("probe.test", "--language", language)
    assert "ISPDB" in out
    assert "SRV" in out
    assert out.count(HOSTNAME) >= 4
    assert "{" not in out + err
    assert "`" not in out + err


async def test_a_certificate_for_another_name_is_no_recommendation(town: SurveyTown) -> None:
    """What is published and does not work is named, with what is wrong, and nothing is recommended."""
    status, out, _ = await town.command("--domain", "broken.test", "--json")
    record = json.loads(out)
    assert record["recommended"] == []
    named = [each for each in record["discovery"]["candidates"] if each["trust"] == "dns"]
    assert [each["verdict"] for each in named] == ["certificate_wrong_name"]
    assert status == 1


async def test_a_private_address_that_is_published_is_not_reached(town: SurveyTown) -> None:
    """The guard holds for what strangers name: it is said, and the command could do nothing."""
    status, out, _ = await town.command("--domain", "inside.test", "--json")
    record = json.loads(out)
    assert [(each["hostname"], each["code"]) for each in record["unprobed"]] == [
        ("mail.inside.test", "probe.refused_not_public")
    ]
    assert (status, record["recommended"], record["ports"]) == (2, [], [])


async def test_nothing_published_is_said(town: SurveyTown) -> None:
    """A domain without anything ends with two, and every source says why."""
    status, out, _ = await town.command("nothing.test", "--language", "en")
    assert "Nothing is published for nothing.test." in out
    assert "The name does not exist in the DNS." in out
    assert "Nothing wrong was found." not in out
    assert status == 2


async def test_a_mistake_of_ours_leaves_the_report_whole(town: SurveyTown) -> None:
    """One origin breaks: the log goes to standard error without the domain, and what is printed stays one JSON object."""
    code = (
        "import sys, bot.discovery.discover as d\n"
        "def broken(*_): raise RuntimeError('himitsu')\n"
        "d.find_by_srv = broken\n"
        "from bot.__main__ import main\n"
        "sys.exit(main(['probe', 'a@probe.test', '--json']))\n"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=town.environment,
    )
    out, err = await process.communicate()
    faults = {(each["origin"], each["reason"]) for each in json.loads(out)["discovery"]["faults"]}
    assert ("srv", "failed") in faults
    assert b"discovery_failed" in err
    assert b"himitsu" not in out + err


async def test_a_source_can_be_left_out(town: SurveyTown) -> None:
    """With ISPDB off, no domain is told to it."""
    await town.command("probe.test", MAILPORTS_ISPDB="off")
    assert town.web.requests == []
    assert not [name for name in town.front.questions if name.startswith("autodiscover")]
