"""The server itself: one port for the Web API, Socket Mode, response URLs and the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

Route = Callable[[web.BaseRequest, str], Awaitable[web.StreamResponse]]


class Server:
    """Listens on one address and hands each request to the part that the start of its path names.

    aiohttp's own router would cost a third of the time of a call here, and there are only a handful of prefixes.

    Args:
        routes: Prefix -> handler, which gets the rest of the path.
        fallback: For every other path.
    """

    def __init__(self, routes: dict[str, Route], fallback: Route) -> None:
        self._routes = routes
        self._fallback = fallback
        self._runner: web.ServerRunner | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port (the system chooses one for 0).

        Raises:
            OSError: The address is taken.
        """
        server = web.Server(self._serve, access_log=None, keepalive_timeout=75)
        runner = web.ServerRunner(server, shutdown_timeout=0.5)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port, backlog=1024)
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        address: tuple[str, int] = runner.addresses[0]
        return address[1]

    async def stop(self) -> None:
        """Stop listening and close what is open."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        _, first, rest = path.split("/", 2) if path.count("/") > 1 else ("", path.lstrip("/"), "")
        route = self._routes.get(first)
        try:
            if route is not None:
                return await route(request, rest)
            return await self._fallback(request, path)
        except web.HTTPException as error:
            return web.Response(status=error.status, text=error.text)
        except ConnectionResetError:
            # A fault cut the connection on purpose: nobody is left to read this, and aiohttp drops it quietly.
            return web.Response(status=500)
