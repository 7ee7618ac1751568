"""Web servers of many names on loopback: HTTPS with a certificate of the tests' own authority, and plain HTTP beside it."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import trustme
from aiohttp import web

Page = web.Response | str | bytes | Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebTown:
    """What the servers say, and what they were asked."""

    def __init__(self) -> None:
        self.https_port = 0
        self.http_port = 0
        self.trust = ssl.create_default_context()
        self.requests: list[tuple[str, str, bytes]] = []
        """Scheme and full address, method with headers, body."""
        self._pages: dict[tuple[str, str], Page] = {}

    def put(self, scheme: str, host: str, path: str, page: Page) -> None:
        """Let `scheme://host/path` answer with *page*, whatever the port and the query."""
        self._pages[f"{scheme}://{host}", path] = page

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        scheme = "https" if request.transport and request.transport.get_extra_info("ssl_object") else "http"
        host = request.host.rpartition(":")[0] or request.host
        head = f"{request.method} {dict(request.headers)}"
        self.requests.append((f"{scheme}://{host}{request.raw_path}", head, await request.read()))
        page = self._pages.get((f"{scheme}://{host}", request.path))
        if page is None:
            return web.Response(status=404)
        if callable(page):
            return await page(request)
        if isinstance(page, web.Response):
            return page
        return web.Response(body=page.encode() if isinstance(page, str) else page, content_type="text/xml")


@asynccontextmanager
async def web_town(authority: trustme.CA, names: Sequence[str]) -> AsyncIterator[WebTown]:
    """Run the servers; *names* are in the certificate."""
    town = WebTown()
    authority.configure_trust(town.trust)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(tls)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", town.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        for context in (tls, None):
            site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
            await site.start()
        town.https_port, town.http_port = (address[1] for address in runner.addresses)
        yield town
    finally:
        await runner.cleanup()
