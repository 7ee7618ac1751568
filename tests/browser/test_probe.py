"""A probe as a person sees it: `/mailports probe` in the demo, in both languages, against servers that really listen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from selenium import webdriver

from tests.browser.conftest import running_demo
from tests.browser.test_demo import EPHEMERAL, Page
from tests.support.fault_certificates import HOST, authority, server_context
from tests.support.fault_server import FaultServer, imap, imaps, smtp
from tests.support.small_dns import zone

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[int]]]:
    """Run mail servers, one of them with an expired certificate, and a demo that may probe them."""
    folder = tmp_path_factory.mktemp("servers")
    ready, ended = threading.Event(), threading.Event()
    found: dict[str, list[int]] = {}

    async def serve() -> None:
        async with AsyncExitStack() as stack:
            servers = []
            for script, kind in ((imaps, "good"), (imap, "good"), (smtp, "expired")):
                own = folder / f"{script.__name__}-{kind}"
                own.mkdir()
                server = FaultServer(script, server_context(authority().issue(kind), own))
                servers.append(await stack.enter_async_context(server.running()))
            _, dns = await stack.enter_async_context(zone())
            found["ports"], found["dns"] = [server.port for server in servers], [dns.port]
            ready.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        with running_demo(
            MAILPORTS_PROBE_ALLOW=f"127.0.0.1/32:{','.join(map(str, found['ports']))}",
            MAILPORTS_DNS_SERVER=f"127.0.0.1:{found['dns'][0]}",
            MAILPORTS_CA_FILE=str(authority().write_root(folder / "ca.pem")),
        ) as address:
            yield address, found["ports"]
    finally:
        ended.set()
        thread.join(10)


@pytest.mark.parametrize(
    ("language", "user", "wanted"),
    [
        ("ja", "田中", ("おすすめの設定", "期限が切れています", "調べたポート", "みんなに見せる")),
        ("en", "Alice", ("Recommended settings", "has expired", "Ports that were checked", "Show to everyone")),
    ],
)
def test_the_report_is_seen(
    town: tuple[str, list[int]],
    browser: webdriver.Chrome,
    shots: Path,
    language: str,
    user: str,
    wanted: tuple[str, ...],
) -> None:
    """Settings, what is wrong, every port and the button to share, in one private card."""
    address, ports = town
    page = Page(browser, address, user=user, language=language)
    page.channel("mail-help")
    kinds = ("imap/tls", "imap/starttls", "smtp/starttls")
    named = ",".join(f"{port}={kind}" for port, kind in zip(ports, kinds, strict=True))
    page.write(f"/mailports probe {HOST} {named}")
    report = page.wait_text(EPHEMERAL, HOST, *wanted)
    assert all(str(port) in report for port in ports)
    browser.save_screenshot(str(shots / f"{language}-probe.png"))
