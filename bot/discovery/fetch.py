"""Fetch published settings from servers that strangers name, without being used to reach anything else.

Each name is resolved once, each address passes the guard, and the connection goes to exactly those; the guard is asked again
at the socket, because an address written as a number never goes through a resolver. Redirects are followed by hand and
judged like the first address. What comes back is capped after decompression, and the whole takes no longer than it is given.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections.abc import Callable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

import msgspec

from bot.discovery.candidates import FetchReason
from bot.errors import BotError
from bot.probe.dns import DnsFailedError
from bot.probe.target import Address, Guard, HostInvalidError, Resolver, TargetRefusedError, normalise_host, resolve

if TYPE_CHECKING:
    from aiohttp import ClientResponse, TCPConnector

MOST_BYTES: Final = 64 * 1024
_MOST_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_CHUNK: Final = 8 * 1024
_LONGEST_URL: Final = 2000
_WINDOW_BITS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class FetchFailedError(BotError):
    """Nothing was fetched. *reason* says why; *status* is the server's own where it gave one."""

    def __init__(self, reason: FetchReason, status: int | None = None) -> None:
        super().__init__(f"discovery.fault_{reason}", status=status or 0)
        self.reason: FetchReason = reason
        self.status = status


class Fetched(msgspec.Struct, frozen=True):
    """What came back."""

    url: str
    """Where it was found in the end."""
    body: bytes
    last_modified: str | None
    secure: bool
    """Every hop was verified HTTPS."""


class Fetcher:
    """Fetches small files over HTTPS; over HTTP only where it is asked to begin with it.

    Args:
        resolver: Finds the addresses of a name.
        guard: Judges each address.
        timeout_s: Seconds for one fetch, redirects included.
        trust: Makes what certificates are checked with; called once, in a thread.
    """

    def __init__(
        self,
        resolver: Resolver,
        guard: Guard,
        *,
        timeout_s: float = 2.4,
        trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._resolver = resolver
        self._guard = guard
        self._timeout_s = timeout_s
        self._trust = trust
        self._tls: asyncio.Task[ssl.SSLContext] | None = None

    async def get(self, url: str) -> Fetched:
        """Fetch *url*.

        Raises:
            FetchFailedError: Nothing came, too much, or from where we must not go.
        """
        return await self._fetch("GET", url, None)

    async def post_xml(self, url: str, body: bytes) -> Fetched:
        """Send *body* to *url*, and again to wherever it redirects to (as Autodiscover wants it).

        Raises:
            FetchFailedError: Nothing came, too much, or from where we must not go.
        """
        return await self._fetch("POST", url, body)

    async def _fetch(self, method: str, url: str, body: bytes | None) -> Fetched:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._follow(method, url, body)
        except TimeoutError:
            raise FetchFailedError("timed_out") from None

    async def _follow(self, method: str, url: str, body: bytes | None) -> Fetched:
        secure = True
        for _ in range(_MOST_REDIRECTS + 1):
            secure = secure and url.startswith("https:")
            answer = await self._once(method, url, body)
            if isinstance(answer, tuple):
                content, last_modified = answer
                return Fetched(url, content, last_modified, secure)
            if url.startswith("https:") and not answer.startswith("https:"):
                raise FetchFailedError("downgrade")
            url = answer
        raise FetchFailedError("redirects")

    async def _once(self, method: str, url: str, body: bytes | None) -> tuple[bytes, str | None] | str:
        """Make one request; returns the content with its date, or the address that it redirects to."""
        import aiohttp

        url, host, port = _read_url(url)
        addresses = await self._vetted(host, port)
        headers = {"Accept-Encoding": "gzip, deflate", "User-Agent": "mailports", "Accept": "*/*"}
        if body is not None:
            headers["Content-Type"] = "text/xml; charset=utf-8"
        try:
            async with (
                aiohttp.ClientSession(
                    connector=await self._connector(host, addresses),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    trust_env=False,
                    timeout=aiohttp.ClientTimeout(total=self._timeout_s),
                ) as session,
                session.request(method, url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                if response.status in _REDIRECTS:
                    return _target(url, response.headers.get("Location", ""))
                if response.status != 200:
                    raise FetchFailedError("http_status", response.status)
                return await _content(response), response.headers.get("Last-Modified")
        except aiohttp.ClientConnectorCertificateError:
            raise FetchFailedError("certificate") from None
        except aiohttp.ClientConnectorSSLError as error:
            verification = isinstance(error.os_error, ssl.SSLCertVerificationError)
            raise FetchFailedError("certificate" if verification else "unreachable") from None
        except TimeoutError:
            raise FetchFailedError("timed_out") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise FetchFailedError("unreachable") from None

    async def _vetted(self, host: str, port: int) -> tuple[Address, ...]:
        try:
            addresses = await resolve(host, self._resolver)
        except DnsFailedError as error:
            raise FetchFailedError(error.reason) from None
        except BotError:
            raise FetchFailedError("servfail") from None
        allowed = self._guard.sort(addresses, port, "discovery").allowed
        if not allowed:
            raise FetchFailedError("refused_by_guard")
        return allowed

    async def _connector(self, host: str, addresses: tuple[Address, ...]) -> TCPConnector:
        import aiohttp

        if self._tls is None:
            # Reading all authorities takes longer than the loop should stand still, and once is enough.
            self._tls = asyncio.create_task(asyncio.to_thread(self._trust))
        return aiohttp.TCPConnector(
            resolver=_pinned(host, addresses),
            socket_factory=self._socket,
            ssl=await asyncio.shield(self._tls),
            use_dns_cache=False,
            force_close=True,
        )

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        try:
            # An IPv6 address may carry a zone, which no vetted one has.
            self._guard.check(ip_address(address[0]), address[1], "discovery")
        except (TargetRefusedError, ValueError):
            # The library makes a failed connection of it.
            raise OSError("refused by the guard") from None
        return socket.socket(family, kind, protocol)


def _pinned(host: str, addresses: tuple[Address, ...]) -> Any:
    """Return a resolver for aiohttp that knows one name, and for it the vetted addresses."""
    from aiohttp.abc import AbstractResolver, ResolveResult

    class Pinned(AbstractResolver):
        async def resolve(
            self, name: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            if name.lower().removesuffix(".") != host:
                raise OSError("another name than the one that was vetted")
            return [
                ResolveResult(
                    hostname=name,
                    host=str(address),
                    port=port,
                    family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                    proto=0,
                    flags=socket.AI_NUMERICHOST,
                )
                for address in addresses
            ]

        async def close(self) -> None:
            """Release nothing: there is nothing to release."""

    return Pinned()


def _read_url(url: str) -> tuple[str, str, int]:
    """Return the address in its one spelling, its host and its port.

    Raises:
        FetchFailedError: It is none that we may go to.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = normalise_host(parts.hostname or "")
    except (ValueError, HostInvalidError):
        raise FetchFailedError("refused_by_guard") from None
    if parts.scheme not in _DEFAULT_PORTS or parts.username is not None or parts.password is not None or port == 0:
        raise FetchFailedError("refused_by_guard")
    shown = f"[{host}]" if ":" in host else host
    place = f"{shown}:{port}" if port is not None else shown
    return (
        parts._replace(netloc=place, fragment="").geturl(),
        host,
        port if port is not None else _DEFAULT_PORTS[parts.scheme],
    )


def _target(url: str, location: str) -> str:
    location = location.strip()
    if not location or len(location) > _LONGEST_URL or not location.isprintable():
        raise FetchFailedError("redirects")
    try:
        return _read_url(urljoin(url, location))[0]
    except ValueError:
        raise FetchFailedError("redirects") from None


async def _content(response: ClientResponse) -> bytes:
    """Read and decode the body; what is decompressed is counted, not what is sent."""
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in _WINDOW_BITS and coding != "identity":
        raise FetchFailedError("encoding")
    decoder = _Decoder(coding)
    received = 0
    async for chunk in response.content.iter_chunked(_CHUNK):
        received += len(chunk)
        if received > MOST_BYTES:
            raise FetchFailedError("too_large")
        decoder.feed(chunk)
    return decoder.finish()


class _Decoder:
    """Undoes a content coding, never beyond the cap."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._out = bytearray()
        self._begun = False
        self._inflater: Any = None if coding == "identity" else zlib.decompressobj(_WINDOW_BITS[coding])

    def feed(self, chunk: bytes) -> None:
        if self._inflater is None:
            self._out += chunk
        else:
            self._inflate(chunk)
        if len(self._out) > MOST_BYTES:
            raise FetchFailedError("too_large")

    def _inflate(self, chunk: bytes) -> None:
        if not self._begun and self._coding == "deflate" and chunk[0] & 0x0F != zlib.DEFLATED:
            # Some servers send a bare deflate stream under this name (RFC 9110 section 8.4.1.2).
            self._inflater = zlib.decompressobj(-15)
        self._begun = True
        try:
            self._out += self._inflater.decompress(chunk, MOST_BYTES + 1 - len(self._out))
        except zlib.error:
            raise FetchFailedError("encoding") from None
        if self._inflater.unused_data:
            raise FetchFailedError("encoding")

    def finish(self) -> bytes:
        if self._inflater is not None and not self._inflater.eof:
            raise FetchFailedError("encoding")
        return bytes(self._out)
