"""Whatever a probed server says, it is text: as posted, it mentions nobody, links nowhere and formats nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fault_server import Script, Talk, imap, imaps
from tests.support.probe_town import HOST, open_probe_town

HARMFUL = ("<!channel>", "<!here>", "<@U", "<#C", "<http", "://", "*bold*", "~gone~", "_slanted_", ":tada:", "\u202e")
BANNERS = {
    "refusal": b"554 5.7.1 SAID <!channel> <@U0SATO0001> <#C0GENERAL1> see https://evil.example/x\r\n",
    "link": b"554 SAID <https://evil.example/login|your mailbox> www.evil.example\r\n",
    "format": b"554 SAID *bold* ~gone~ _slanted_ `code` ```block``` :tada: > quoted\r\n",
    "escapes": b"554 SAID &lt;!here&gt; &amp; <!here>\r\n",
    "hidden": "554 SAID \u202egnp.exe\u202c \u200b<!channel>\u2066\r\n".encode(),
    "later": b"421 4.7.0 SAID <!channel> https://evil.example\r\n",
    "other": b"SAID <!channel> {host} {detail} %s https://evil.example\r\n",
    "long": b"554 SAID " + b"<!channel> *bold* " * 500 + b"\r\n",
}


def saying(banner: bytes) -> Script:
    """Return a server that says one thing and waits."""

    async def script(talk: Talk) -> None:
        await talk.say(banner)
        await talk.wait_for_the_end()

    return script


@pytest.mark.parametrize("name", BANNERS)
@pytest.mark.parametrize("private", [True, False])
async def test_a_banner_is_inert_as_posted(tmp_path: Path, name: str, private: bool) -> None:
    """In the text and in the blocks of everything that went to Slack; in words, the banner is still there."""
    async with open_probe_town("http", tmp_path, scripts=(imaps, imap, saying(BANNERS[name]))) as here:
        slack = here.town.slack
        if private:
            await slack.slash("alice", "helpdesk", "/mailports", f"probe {HOST}")
            message = await here.finished(here.town.last_private("alice"))
        else:
            message = await here.finished(await here.town.ask(f"is {HOST} reachable?", user="alice"))
        sent = [str(use.body) for use in slack.response_uses]
        sent += [str(call.arguments) for call in slack.calls if call.method.startswith("chat.")]
        seen = [
            message.text.partition("\n\nSource")[0],
            *(str(b) for b in message.blocks or () if "link" not in str(b)),
        ]

    assert "SAID" in message.text
    assert sent
    for text in seen:
        assert not [harmful for harmful in HARMFUL if harmful in text]
    for text in sent:
        assert not [
            harmful for harmful in ("<!", "<http", "evil.example/x|", "*bold*", ":tada:", "\u202e") if harmful in text
        ]
    assert len(message.text) < 4000
