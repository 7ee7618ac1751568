"""Discovery against a real DNS server and a real web: each origin alone, then all of them at odds."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import date

import pytest
import pytest_asyncio
import trustme
from aiohttp import web

from bot.discovery.agree import Agreement, Discovery
from bot.discovery.dns import MailDns
from bot.probe.dns import DnsFailedError
from tests.servers.discovery_town import Town, town_before
from tests.support.dns_server import NsdServer, missing_reason
from tests.unit.discovery.sample import config, server

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(missing_reason() is not None, reason=missing_reason() or ""),
]
FILE = "/mail/config-v1.1.xml"
WELL_KNOWN = f"/.well-known/autoconfig{FILE}"
POX = "/autodiscover/autodiscover.xml"
XML = config(
    server("imap", "imap.%EMAILDOMAIN%", 993, "SSL", way="password-cleartext"),
    server("smtp", "smtp.kumo.example", 587, "STARTTLS", "%EMAILLOCALPART%"),
)
POX_XML = """<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">
<Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><Account>
<AccountType>email</AccountType><Action>settings</Action>
<Protocol><Type>IMAP</Type><Server>imap.pox.example</Server><Port>993</Port><LoginName>mail-settings@{domain}</LoginName>
<SSL>on</SSL></Protocol>
<Protocol><Type>POP3</Type><Server>pop.pox.example</Server><Port>110</Port><LoginName>mail-settings</LoginName><SSL>off</SSL>
</Protocol>
<Protocol><Type>SMTP</Type><Server>smtp.pox.example</Server><Port>587</Port><Encryption>TLS</Encryption></Protocol>
<Protocol><Type>EXCH</Type><Server>x.example</Server></Protocol>
<Protocol><Type>IMAP</Type><Server>not a host</Server><Port>1</Port></Protocol>
</Account></Response></Autodiscover>"""


@pytest_asyncio.fixture
async def town(nsd: NsdServer, authority: trustme.CA) -> AsyncIterator[Town]:
    """Run the town; afterwards nothing may be left running or open."""
    async with town_before(nsd, authority) as running:
        yield running
        assert left_running() == []
    # Open sockets are found by the collector, and fail the test as warnings.
    gc.collect()


def left_running() -> list[str]:
    """Return the tasks that are not the test's own or its servers'."""
    ours = ("/tests/", "/pytest", "/aiohttp/web")
    names = [str(task.get_coro()) + str(task.get_stack(limit=1)) for task in asyncio.all_tasks()]
    return [name for name in names if not any(part in name for part in ours)]


def rows(found: Discovery) -> list[tuple[str, str, int, str, tuple[str, ...], str]]:
    """Return the agreements in short."""
    return [row(each) for each in found.agreements]


def row(each: Agreement) -> tuple[str, str, int, str, tuple[str, ...], str]:
    """Return one agreement in short."""
    return each.protocol, each.hostname, each.port, each.security, each.origins, each.trust


def reasons(found: Discovery) -> set[tuple[str, str]]:
    """Return who failed why."""
    return {(fault.origin, fault.reason) for fault in found.faults}


async def test_own_knowledge_alone(town: Town) -> None:
    """A domain of ours needs nobody else, and everybody else says why they have nothing."""
    found = await town.discoverer().discover("own.test")
    assert found.hosted_by == "hoshi"
    assert rows(found)[0] == ("imap", "imap.hoshi.example.jp", 993, "implicit_tls", ("knowledge",), "reviewed")
    assert reasons(found) == {
        ("mx", "nxdomain"),
        ("srv", "no_records"),
        ("autoconfig", "nxdomain"),
        ("autodiscover", "nxdomain"),
        ("guess", "nxdomain"),
    }


async def test_mail_exchangers_lead_to_our_knowledge(town: Town) -> None:
    """The best exchanger counts; what follows from it rests on the DNS."""
    found = await town.discoverer().discover("own-hoster.test")
    assert (found.mx, found.hosted_by) == (("a.known.test", "b.hoster.test"), "known")
    assert {candidate.trust for candidate in found.candidates} == {"dns"}
    best = found.best("smtp")
    assert best is not None
    assert best.port == 465


async def test_srv_alone(town: Town) -> None:
    """Priority before weight; a target `.` is an answer of its own; user names are not said."""
    found = await town.discoverer().discover("srv.test")
    assert [(c.hostname, c.port, c.recommended) for c in found.candidates if c.security == "implicit_tls"] == [
        ("heavy.srv.test", 1993, True),
        ("light.srv.test", 993, True),
        ("second.srv.test", 993, False),
        ("smtp.srv.test", 465, True),
    ]
    assert [(row[0], row[1], row[3]) for row in rows(found)][:1] == [("imap", "heavy.srv.test", "implicit_tls")]
    assert {c.protocol for c in found.candidates} == {"imap", "smtp"}
    assert {fault.detail for fault in found.faults if fault.reason == "not_offered"} == {
        "_pop3._tcp.srv.test",
        "_pop3s._tcp.srv.test",
    }
    assert {(c.username, c.trust, c.authentication) for c in found.candidates} == {(None, "dns", ())}


async def test_impossible_srv_records_are_named(town: Town) -> None:
    """Port 0, a name that is no host, implicit TLS on 587: nothing of it becomes a candidate."""
    found = await town.discoverer().discover("odd.test")
    assert not [c for c in found.candidates if c.origin == "srv"]
    assert ("srv", "impossible_server") in reasons(found)


@pytest.mark.parametrize(
    ("domain", "host", "path"),
    [
        ("ac.test", "autoconfig.ac.test", FILE),
        ("wk.test", "wk.test", WELL_KNOWN),
        ("cname.test", "autoconfig.cname.test", FILE),
        ("xn--4dkua4c.test", "autoconfig.xn--4dkua4c.test", FILE),
    ],
    ids=["autoconfig", "well_known", "cname", "idn"],
)
async def test_autoconfig_alone(town: Town, domain: str, host: str, path: str) -> None:
    """Both places of the draft, behind a CNAME and for an international name; the date is the file's own."""
    headers = {"Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT"}
    town.web.put("https", host, path, web.Response(text=XML, headers=headers))
    found = await town.discoverer().discover(domain)
    assert rows(found) == [
        ("imap", f"imap.{domain}", 993, "implicit_tls", ("autoconfig",), "published"),
        ("smtp", "smtp.kumo.example", 587, "starttls", ("autoconfig",), "published"),
    ]
    first, second = found.agreements
    assert (first.username, first.authentication, first.as_of) == ("email_address", ("password",), date(2026, 10, 21))
    assert (second.username, second.authentication) == ("local_part", ("oauth2",))
    assert first.candidates[0].origin_detail == town.url(host, path)


@pytest.mark.parametrize(
    "day", ["soon", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2026 99:00:00 GMT"]
)
async def test_a_senseless_date_is_no_date(town: Town, day: str) -> None:
    """A stranger's header decides how old a file is, and never whether it is read."""
    page = web.Response(text=XML, headers={"Last-Modified": day})
    town.web.put("https", "autoconfig.ac.test", FILE, page)
    found = await town.discoverer().discover("ac.test")
    assert [each.as_of for each in found.agreements] == [None, None]


async def test_plain_http_is_marked(town: Town) -> None:
    """A file that only HTTP has is taken as the draft allows, and trusted least of all that is published."""
    town.web.put("http", "autoconfig.http.test", FILE, XML)
    found = await town.discoverer().discover("http.test")
    assert {each.trust for each in found.agreements} == {"insecure"}
    assert ("autoconfig", "http_status") in reasons(found)


async def test_https_leaves_http_unasked(town: Town) -> None:
    """Where HTTPS has a file, nothing is asked in the clear."""
    town.web.put("https", "autoconfig.ac.test", FILE, XML)
    town.web.put("http", "autoconfig.ac.test", FILE, XML)
    await town.discoverer().discover("ac.test")
    assert not [address for address, _, _ in town.web.requests if address.startswith("http:")]


async def test_http_that_leads_to_https_stays_insecure(town: Town) -> None:
    """Who can forge the first hop chooses the second: a redirect to HTTPS heals nothing."""
    town.web.put("https", "evil.test", "/x", XML)
    town.web.put("http", "autoconfig.http.test", FILE, _redirect(town.url("evil.test")))
    found = await town.discoverer().discover("http.test")
    assert {each.trust for each in found.agreements} == {"insecure"}


async def test_the_hosters_file(town: Town) -> None:
    """The longer domain of the exchanger is preferred to the base domain; both rest on the DNS."""
    town.web.put("https", "autoconfig.hosting.test", FILE, XML)
    found = await town.discoverer().discover("mx-file.test")
    assert rows(found)[0][4:] == (("mx_autoconfig",), "dns")
    assert rows(found)[0][1] == "imap.mx-file.test"
    other = config(server("imap", "premium.kumo.example", 993, "SSL"))
    town.web.put("https", "autoconfig.premium.eu.hosting.test", FILE, other)
    found = await town.discoverer().discover("mx-file.test")
    assert [each.hostname for each in found.agreements] == ["premium.kumo.example"]


async def test_the_ispdb_is_asked_by_choice_only(town: Town) -> None:
    """Switched on, it is asked for the domain and for the exchanger's; otherwise it learns nothing."""
    town.web.put("https", "ispdb.test", "/v1.1/nowhere.test", XML)
    town.web.put("https", "ispdb.test", "/v1.1/hosting.test", XML)
    assert rows(await town.discoverer().discover("nowhere.test")) == []
    assert not any("ispdb" in name for name in town.front.questions)
    assert rows(await town.discoverer(ispdb=True).discover("nowhere.test"))[0][4:] == (("ispdb",), "published")
    assert rows(await town.discoverer(ispdb=True).discover("mx-file.test"))[0][4:] == (("mx_ispdb",), "dns")


async def test_autodiscover_v1_alone(town: Town) -> None:
    """IMAP, POP3 and SMTP of a POX answer, whatever word it uses for encryption; Exchange is passed over."""
    town.web.put("https", "autodiscover.pox.test", POX, POX_XML.format(domain="pox.test"))
    found = await town.discoverer().discover("pox.test")
    assert rows(found) == [
        ("imap", "imap.pox.example", 993, "implicit_tls", ("autodiscover",), "published"),
        ("pop3", "pop.pox.example", 110, "plaintext", ("autodiscover",), "published"),
        ("smtp", "smtp.pox.example", 587, "starttls", ("autodiscover",), "published"),
    ]
    assert [each.username for each in found.agreements] == ["email_address", "local_part", None]
    assert [each.plaintext_only for each in found.agreements] == [False, True, False]
    assert found.best("pop3") is None


async def test_autodiscover_v2_tells_who_hosts(town: Town) -> None:
    """An answer that points to Microsoft names the provider; one that points elsewhere names nobody."""
    path = "/autodiscover/autodiscover.json/v1.0/mail-settings@nowhere.test"
    for url, hosted_by in (
        ("https://outlook.office365.com/autodiscover/autodiscover.xml", "microsoft365"),
        ("https://outlook.com.evil.test/", None),
        ("https://[", None),
    ):
        town.web.put("https", "v2.test", path, json.dumps({"Protocol": "AutodiscoverV1", "Url": url}))
        assert (await town.discoverer(v2=True).discover("nowhere.test")).hosted_by == hosted_by
    for broken in ("[" * 60_000, '{"Url": 7}', "[]", "nothing", b"\xff\xfe"):
        town.web.put("https", "v2.test", path, broken)
        assert ("autodiscover", "invalid_json") in reasons(await town.discoverer(v2=True).discover("nowhere.test"))


async def test_guesses_alone(town: Town) -> None:
    """Only names that exist; never under a domain that answers to every name."""
    found = await town.discoverer().discover("guess.test")
    assert rows(found) == [
        ("imap", "imap.guess.test", 993, "implicit_tls", ("guess",), "guess"),
        ("smtp", "smtp.guess.test", 465, "implicit_tls", ("guess",), "guess"),
        ("smtp", "smtp.guess.test", 587, "starttls", ("guess",), "guess"),
    ]
    wild = await town.discoverer().discover("wild.test")
    assert wild.candidates == ()
    assert ("guess", "wildcard") in reasons(wild)


async def test_a_domain_that_takes_no_mail(town: Town) -> None:
    """A null MX is said as such."""
    assert ("mx", "null_mx") in reasons(await town.discoverer().discover("nomail.test"))


async def test_all_agree(town: Town) -> None:
    """Four origins that say the same are one row."""
    town.web.put("https", "autoconfig.agree.test", FILE, config(server("imap", "imap.agree.test", 993, "SSL")))
    found = await town.discoverer().discover("agree.test")
    assert rows(found) == [
        ("imap", "imap.agree.test", 993, "implicit_tls", ("autoconfig", "srv", "guess"), "published")
    ]
    assert found.contradictions == ()


async def test_all_contradict(town: Town) -> None:
    """The reviewed fact comes first, then what the domain publishes, the DNS, a guess; every contradiction is named."""
    town.web.put(
        "https",
        "autoconfig.fight.test",
        FILE,
        config(
            server("imap", "imap.hoshi.example.jp", 993, "SSL", "%EMAILLOCALPART%"),
            server("pop3", "pop.web.example", 995, "SSL"),
            server("smtp", "smtp.hoshi.example.jp", 465, "SSL"),
            server("smtp", "smtp.hoshi.example.jp", 25, "plain"),
        ),
    )
    town.web.put("https", "autodiscover.fight.test", POX, POX_XML.format(domain="fight.test"))
    town.web.put(
        "https", "autoconfig.hosting.test", FILE, config(server("imap", "imap.hoster.example", 143, "STARTTLS"))
    )
    found = await town.discoverer().discover("fight.test")
    imap = [row(each) for each in found.agreements if each.protocol == "imap"]
    assert imap == [
        ("imap", "imap.hoshi.example.jp", 993, "implicit_tls", ("knowledge", "autoconfig"), "reviewed"),
        ("imap", "imap.pox.example", 993, "implicit_tls", ("autodiscover",), "published"),
        ("imap", "imap.dns.fight.test", 993, "implicit_tls", ("srv",), "dns"),
        ("imap", "imap.hoster.example", 143, "starttls", ("mx_autoconfig",), "dns"),
        ("imap", "imap.fight.test", 993, "implicit_tls", ("guess",), "guess"),
        ("imap", "imap.hoshi.example.jp", 143, "plaintext", ("knowledge",), "reviewed"),
    ]
    assert {(each.protocol, each.kind) for each in found.contradictions} == {
        ("imap", "hostname"),
        ("imap", "username"),
        ("pop3", "hostname"),
        ("pop3", "not_offered"),
        ("smtp", "hostname"),
    }
    for protocol in ("imap", "pop3", "smtp"):
        best = found.best(protocol)
        assert best is not None
        assert (best.security, best.trust) == ("implicit_tls", "reviewed")
    assert found.agreements[-1].security == "plaintext"


async def test_no_address_ever_leaves(town: Town) -> None:
    """Neither the web nor the DNS sees more than the domain and the made-up local part; no cookies, no referrer."""
    response = web.Response(text=XML)
    response.set_cookie("a", "b")
    town.web.put("https", "ispdb.test", "/v1.1/fight.test", response)
    await town.discoverer(ispdb=True, v2=True).discover("fight.test")
    assert len(town.web.requests) >= 5
    for address, head, body in town.web.requests:
        text = f"{address} {head} {body.decode()}"
        assert {part.rpartition(">")[2].rpartition("/")[2] for part in text.split("@")[:-1]} <= {"mail-settings"}
        assert "cookie" not in head.lower()
        assert "referer" not in head.lower()
        assert "emailaddress=" not in address.lower()


async def test_a_broken_dns_is_named(town: Town) -> None:
    """SERVFAIL is not "there is none"."""
    found = await town.discoverer().discover("servfail.test")
    assert found.candidates == ()
    assert reasons(found) == {(origin, "servfail") for origin in ("mx", "srv", "autoconfig", "autodiscover", "guess")}


async def test_a_silent_dns_ends_at_the_deadline(town: Town) -> None:
    """Whatever is silent, the result is there in time, with what did answer and who did not."""
    began = time.monotonic()
    found = await town.discoverer(deadline_s=0.6).discover("silent.test")
    assert 0.5 < time.monotonic() - began < 0.9
    assert reasons(found) == {(origin, "timed_out") for origin in ("mx", "srv", "autoconfig", "autodiscover", "guess")}


async def test_results_come_as_they_are_found(town: Town) -> None:
    """Own knowledge is there before the DNS has answered; whoever stops early leaves nothing running."""

    async def never(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    town.web.put("https", "autoconfig.fight.test", FILE, never)
    async with aclosing(town.discoverer(deadline_s=1.0).steps("fight.test")) as steps:
        seen = [found.origin async for found in steps]
    assert seen[0] == "knowledge"
    assert seen.index("srv") < seen.index("autoconfig")
    async with aclosing(town.discoverer().steps("fight.test")) as steps:
        async for found in steps:
            if found.origin != "knowledge":
                break
    assert left_running() == []


async def test_a_cancelled_discovery_leaves_nothing(town: Town) -> None:
    """The Stop button: every task ends with the one that was cancelled."""
    task = asyncio.create_task(town.discoverer().discover("silent.test"))
    await town.front.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left_running() == []


async def test_many_at_once(town: Town) -> None:
    """Twenty discoveries side by side end in time, each with its own result."""
    town.web.put("https", "autoconfig.ac.test", FILE, XML)
    domains = ["ac.test", "srv.test", "guess.test", "own.test", "silent.test"] * 4
    began = time.monotonic()
    found = await asyncio.gather(*(town.discoverer(deadline_s=4.0).discover(domain) for domain in domains))
    assert time.monotonic() - began < 4.5
    assert [bool(each.candidates) for each in found] == [domain != "silent.test" for domain in domains]


async def test_long_answers_come_over_tcp(nsd: NsdServer) -> None:
    """An answer too long for UDP is read whole over TCP, and the best twenty records of it are used."""
    records = await MailDns(nsd.address).srv("_imaps._tcp.big.test")
    assert len(records) == 20
    assert [record.priority for record in records] == list(range(20))


async def test_a_dns_server_that_is_not_there() -> None:
    """Nobody listens: a reason, in time."""
    for name in ("example.test", "a" * 300 + ".test", "..", "\u3042.test"):
        with pytest.raises(DnsFailedError) as failed:
            await MailDns(("127.0.0.1", 9), timeout_s=0.4).addresses(name)
        assert failed.value.reason in ("timed_out", "unreachable", "servfail", "nxdomain")


def _redirect(location: str, status: int = 302) -> web.Response:
    return web.Response(status=status, headers={"Location": location})
