"""The connection pool that all calls to Slack share."""

from __future__ import annotations

import pytest

from bot.slack.connect import open_session

_NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ftp_proxy")


@pytest.mark.parametrize(("proxy", "asked"), [("http://proxy.example:3128", True), (None, False)])
async def test_the_machines_proxy_is_used_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, proxy: str | None, asked: bool
) -> None:
    """Behind a company's proxy the bot takes it; elsewhere no call waits for the question."""
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    if proxy is not None:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
    async with open_session() as session:
        assert session.trust_env is asked
