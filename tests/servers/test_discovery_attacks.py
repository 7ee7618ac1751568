"""Hostile web servers and names: refused with a reason, in time, within the caps, and nothing else is reached."""

from __future__ import annotations

import asyncio
import gc
import gzip
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import ip_address
from typing import Any

import pytest
import pytest_asyncio
import trustme
from aiohttp import web

from bot.discovery.fetch import MOST_BYTES, Fetcher, FetchFailedError
from bot.probe.target import Address, Guard, Purpose, Sorted
from tests.servers.discovery_town import Town, town_before
from tests.support.dns_server import NsdServer, missing_reason
from tests.unit.discovery.sample import IMAP, config

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(missing_reason() is not None, reason=missing_reason() or ""),
]
FILE = "/mail/config-v1.1.xml"
BOMB = b"0" * 50_000_000


@pytest_asyncio.fixture
async def town(nsd: NsdServer, authority: trustme.CA) -> AsyncIterator[Town]:
    """Run the town; a socket left open fails the test as a warning."""
    async with town_before(nsd, authority) as running:
        yield running
    gc.collect()


async def reason(fetcher: Fetcher, url: str) -> str:
    """Fetch what must fail; returns why it did."""
    with pytest.raises(FetchFailedError) as failed:
        await fetcher.get(url)
    return failed.value.reason


def redirect(location: str, status: int = 302) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a page that redirects."""

    async def page(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": location})

    return page


@pytest.mark.parametrize(
    "host",
    [
        "private.test",
        "metadata.test",
        "mapped.test",
        "10.0.0.1",
        "169.254.169.254",
        "127.0.0.2",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1%25lo]",
        "127.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "0.0.0.0",
        "localhost",
        "127.0.0.2.",
        "\uff11\uff12\uff17.0.0.1%2f",
    ],
)
async def test_addresses_inside_are_refused(town: Town, host: str) -> None:
    """However an address inside is written or hidden behind a name, and also as the target of a redirect."""
    url = f"https://{host}:{town.web.https_port}/x"
    assert await reason(town.fetcher(), url) == "refused_by_guard"
    town.web.put("https", "evil.test", "/x", redirect(url))
    assert await reason(town.fetcher(), town.url("evil.test")) == "refused_by_guard"
    assert {address.partition("/x")[0] for address, _, _ in town.web.requests} == {"https://evil.test"}


async def test_other_ports_are_refused(town: Town) -> None:
    """An allowed address is allowed at its ports only; a mail port is nothing to fetch from."""
    for port in (22, 25, 993, 8080, 0, 99999):
        assert await reason(town.fetcher(), f"https://loop.test:{port}/x") == "refused_by_guard"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("file:///etc/passwd", "refused_by_guard"),
        ("gopher://evil.test/", "refused_by_guard"),
        ("ftp://evil.test/", "refused_by_guard"),
        ("javascript:alert(1)", "refused_by_guard"),
        ("https://user:secret@evil.test/", "refused_by_guard"),
        ("https://evil.test\\@127.0.0.1/", "refused_by_guard"),
        ("https://evil.test#@127.0.0.1:25/", "unreachable"),
        ("https://[", "redirects"),
        ("", "redirects"),
        ("https://evil.test/" + "x" * 3000, "redirects"),
        ("//private.test/x", "refused_by_guard"),
    ],
    ids=[
        "file",
        "gopher",
        "ftp",
        "javascript",
        "user",
        "backslash",
        "fragment",
        "broken",
        "empty",
        "long",
        "scheme_relative",
    ],
)
async def test_odd_redirects(town: Town, location: str, expected: str) -> None:
    """Other schemes, names with a user, and addresses that programs read differently lead nowhere."""
    town.web.put("https", "evil.test", "/x", redirect(location))
    found = await reason(town.fetcher(), town.url("evil.test"))
    # Port 443 of the allowed address is not in the allow-list, so leaving our port is refused as well.
    assert found in {expected, "refused_by_guard"}
    assert len(town.web.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_https_is_never_left(town: Town, status: int) -> None:
    """A redirect from HTTPS to HTTP ends there, in whatever case it is written; HTTP is not asked."""
    for scheme in ("http", "HTTP"):
        target = town.url("loop.test", "/y", "http").replace("http", scheme, 1)
        town.web.put("https", "evil.test", "/x", redirect(target, status))
        assert await reason(town.fetcher(), town.url("evil.test")) == "downgrade"
    assert not [address for address, _, _ in town.web.requests if address.startswith("http:")]


async def test_redirects_are_followed_three_times(town: Town) -> None:
    """Three hops are usual; the fourth, or a circle, is not."""
    for number in range(5):
        town.web.put("https", "evil.test", f"/{number}", redirect(f"/{number + 1}"))
    town.web.put("https", "evil.test", "/5", "there")
    assert (await town.fetcher().get(town.url("evil.test", "/2"))).body == b"there"
    assert await reason(town.fetcher(), town.url("evil.test", "/1")) == "redirects"
    town.web.put("https", "evil.test", "/0", redirect("/0"))
    assert await reason(town.fetcher(), town.url("evil.test", "/0")) == "redirects"


async def test_a_post_is_repeated_at_the_target(town: Town) -> None:
    """Autodiscover redirects its question; the guard judges the target all the same."""
    town.web.put("https", "evil.test", "/x", redirect(town.url("loop.test", "/y")))
    town.web.put("https", "loop.test", "/y", "there")
    assert (await town.fetcher().post_xml(town.url("evil.test"), b"<q/>")).body == b"there"
    assert [body for _, _, body in town.web.requests] == [b"<q/>", b"<q/>"]
    town.web.put("https", "evil.test", "/x", redirect(town.url("private.test")))
    with pytest.raises(FetchFailedError, match="refused_by_guard"):
        await town.fetcher().post_xml(town.url("evil.test"), b"<q/>")


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "body", "expected"),
    [
        ("gzip", gzip.compress(BOMB), "too_large"),
        ("deflate", zlib.compress(BOMB), "too_large"),
        ("deflate", _raw_deflate(BOMB), "too_large"),
        ("gzip", gzip.compress(b"0" * (MOST_BYTES + 1)), "too_large"),
        ("identity", b"0" * (MOST_BYTES + 1), "too_large"),
        ("gzip", gzip.compress(b"0") + b"0" * 10, "encoding"),
        ("gzip", gzip.compress(b"0" * 1000)[:-9], "encoding"),
        ("gzip", b"not gzip", "encoding"),
        ("deflate", b"\xff\xff\xff", "encoding"),
        ("br", b"0", "encoding"),
        ("zstd", b"0", "encoding"),
        ("gzip, gzip", gzip.compress(gzip.compress(BOMB)), "encoding"),
    ],
    ids=[
        "gzip",
        "deflate",
        "raw_deflate",
        "gzip_one_over",
        "plain_one_over",
        "trailing",
        "cut",
        "no_gzip",
        "no_deflate",
        "br",
        "zstd",
        "layers",
    ],
)
async def test_bombs_are_refused(town: Town, coding: str, body: bytes, expected: str) -> None:
    """What counts is the size after decompression; layers and codings that we did not ask for are not undone."""
    town.web.put("https", "evil.test", "/x", web.Response(body=body, headers={"Content-Encoding": coding}))
    assert await reason(town.fetcher(), town.url("evil.test")) == expected


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", _raw_deflate), ("", bytes)],
    ids=["gzip", "deflate", "raw_deflate", "plain"],
)
async def test_the_largest_file_passes(town: Town, coding: str, pack: Any) -> None:
    """Exactly at the cap everything is still read, in each coding."""
    text = b"ab" * (MOST_BYTES // 2)
    headers = {"Content-Encoding": coding} if coding else {}
    town.web.put("https", "evil.test", "/x", web.Response(body=pack(text), headers=headers))
    assert (await town.fetcher().get(town.url("evil.test"))).body == text


async def test_endless_and_slow_answers_end_in_time(town: Town) -> None:
    """A body without end stops at the cap; one byte a second, a silent server and endless headers stop at the deadline."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"0" * 4096)

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"0")
            await asyncio.sleep(1)

    async def silent(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    for page, expected, longest in ((endless, "too_large", 0.9), (drip, "timed_out", 0.9), (silent, "timed_out", 0.9)):
        town.web.put("https", "evil.test", "/x", page)
        began = time.monotonic()
        assert await reason(town.fetcher(timeout_s=0.6), town.url("evil.test")) == expected
        assert time.monotonic() - began < longest


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"\x00" * 100,
        b"* OK IMAP ready\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"b" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: a\r\n" % number for number in range(100_000)) + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\n\r\n",
        b"HTTP/9.9 999 \r\n\r\n",
    ],
    ids=[
        "nothing",
        "nulls",
        "imap",
        "long_header",
        "many_headers",
        "continue",
        "negative",
        "short",
        "huge_chunk",
        "two_lengths",
        "odd_location",
        "odd_status",
    ],
)
async def test_what_is_no_http_is_a_reason(town: Town, reply: bytes) -> None:
    """Whatever bytes come back, the end is one of our reasons and no other exception."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        fetcher = town.fetcher(town.guard(f"127.0.0.1/32:{port}"), timeout_s=2.0)
        found = await reason(fetcher, f"http://loop.test:{port}/x")
    assert found in {"unreachable", "redirects", "refused_by_guard", "http_status", "timed_out", "too_large"}


async def test_certificates_are_checked(town: Town) -> None:
    """A certificate for another name, or of an unknown authority, is refused before anything is asked."""
    assert await reason(town.fetcher(), town.url("notls.test")) == "certificate"
    stranger = Fetcher(town.dns, town.guard(), trust=ssl.create_default_context)
    assert await reason(stranger, town.url("loop.test")) == "certificate"
    assert await reason(town.fetcher(), f"https://loop.test:{town.web.http_port}/x") == "unreachable"
    assert town.web.requests == []


async def test_only_the_allowed_address_of_several_is_used(town: Town) -> None:
    """A name with an address inside and one that is allowed: the former is never tried."""
    town.web.put("https", "mixed.test", "/x", "there")
    assert (await town.fetcher().get(town.url("mixed.test"))).body == b"there"


class _Rebinding:
    """Answers differently each time it is asked, as an attacker's DNS does."""

    def __init__(self) -> None:
        self.asked = 0

    async def addresses(self, host: str) -> tuple[Address, ...]:
        """Return the allowed address first, and one inside ever after."""
        self.asked += 1
        return (ip_address("127.0.0.1" if self.asked == 1 else "10.0.0.1"),)


async def test_a_name_is_resolved_once(town: Town) -> None:
    """What the guard has judged is what is connected to; no second answer is ever asked for."""
    town.web.put("https", "loop.test", "/x", "there")
    resolver = _Rebinding()
    fetcher = Fetcher(resolver, town.guard(), trust=lambda: town.web.trust)
    assert (await fetcher.get(town.url("loop.test"))).body == b"there"
    assert resolver.asked == 1


class _Forgetful(Guard):
    """Lets every address through when they are sorted: only the check at the socket is left."""

    def sort(self, addresses: Any, port: int, purpose: Purpose = "mail") -> Sorted:
        """Refuse nothing."""
        return Sorted(tuple(addresses), ())


@pytest.mark.parametrize("host", ["loop.test", "127.0.0.1"])
async def test_the_socket_is_guarded_by_itself(town: Town, host: str) -> None:
    """Were the check after resolving ever left out, the socket would still not be opened, for names and for numbers."""
    fetcher = Fetcher(town.dns, _Forgetful(), trust=lambda: town.web.trust)
    assert await reason(fetcher, town.url(host)) == "unreachable"
    assert town.web.requests == []


async def test_the_environment_names_no_proxy(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would resolve and connect for us, past the guard."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    town.web.put("https", "loop.test", "/x", "there")
    assert (await town.fetcher().get(town.url("loop.test"))).body == b"there"


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]>' + config(IMAP),
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><clientConfig>&b;</clientConfig>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><clientConfig/>',
        '<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1/x"><clientConfig/>',
        "<clientConfig>" * 4000,
        "<a>" * 9000 + "</a>" * 9000,
        '<?xml version="1.0" encoding="utf-16"?><clientConfig/>',
        "\x00",
        config(IMAP)[:-9],
    ],
    ids=["entity", "billion_laughs", "external", "external_http", "open", "deep", "lying_encoding", "null", "cut"],
)
async def test_hostile_xml_is_refused(town: Town, xml: str) -> None:
    """Entities, document types, deep and broken files: one reason, and the discovery goes on."""
    town.web.put("https", "autoconfig.evil.test", FILE, xml)
    found = await town.discoverer().discover("evil.test")
    assert not [each for each in found.candidates if each.origin == "autoconfig"]
    assert next(fault.reason for fault in found.faults if fault.origin == "autoconfig") in {"invalid_xml", "no_server"}
    assert not [fault for fault in found.faults if fault.reason == "failed"]


async def test_a_file_of_thousands_is_cut(town: Town) -> None:
    """However many servers a file lists, twenty are taken; names with markup and bare addresses are none."""
    many = "".join(
        f'<incomingServer type="imap"><hostname>h{n}.example</hostname><port>993</port>'
        "<socketType>SSL</socketType><username>x</username></incomingServer>"
        for n in range(400)
    )
    evil = "".join(
        f'<incomingServer type="imap"><hostname>{name}</hostname><port>993</port><socketType>SSL</socketType>'
        "</incomingServer>"
        for name in (
            "&lt;!channel&gt;",
            "a.example|b",
            "a.example\u202e",
            "*bold*.example",
            "`x`.example",
            "10.0.0.1",
            "::1",
        )
    )
    town.web.put("https", "autoconfig.evil.test", FILE, config(evil, many))
    found = await town.discoverer().discover("evil.test")
    assert len(found.candidates) == 20
    assert all(each.hostname.startswith("h") for each in found.candidates)
