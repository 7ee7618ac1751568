"""Autoconfig files: valid against a schema written from the draft, encrypted, with placeholders only."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.discovery.autoconfig import read_autoconfig
from bot.kb.load import load_knowledge, shipped_root
from bot.profiles.model import ProfileImpossibleError, settings_of_provider
from bot.profiles.thunderbird import render_autoconfig
from tests.unit.profiles.sample import IMAP, IMAP_143, POP, SMTP, settings

SCHEMA = Path(__file__).resolve().parents[2] / "support" / "autoconfig.rng"
needs_xmllint = pytest.mark.skipif(shutil.which("xmllint") is None, reason="xmllint (libxml2-utils) is not installed")


def problems(*files: Path) -> str:
    """Validate files; returns what xmllint says about them, empty if all is well."""
    command = ["xmllint", "--nonet", "--noout", "--relaxng", str(SCHEMA), *map(str, files)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False, text=True)
    return "" if done.returncode == 0 else done.stderr


@needs_xmllint
def test_the_file_is_valid(tmp_path: Path) -> None:
    """Hostile letters in a name are escaped, and the schema accepts the whole."""
    file = tmp_path / "config.xml"
    for language in ("ja", "en"):
        file.write_bytes(render_autoconfig(settings(manual_url="https://example.jp/?a=1&b=2"), language))
        assert problems(file) == ""


@needs_xmllint
def test_the_schema_can_say_no(tmp_path: Path) -> None:
    """Plaintext, an address instead of a placeholder, a port that is none: each is refused by the schema."""
    good = render_autoconfig(settings(), "en").decode()
    for old, new in (
        ("SSL", "plain"),
        ("%EMAILADDRESS%", "taro@hoshi.example.jp"),
        (">993<", ">99300<"),
        ("<domain>hoshi.example.jp</domain>", ""),
        ("emailProvider", "provider"),
    ):
        assert old in good
        file = tmp_path / "bad.xml"
        file.write_text(good.replace(old, new))
        assert problems(file) != ""


@needs_xmllint
def test_every_shipped_provider_gives_a_valid_file_or_a_reason(tmp_path: Path) -> None:
    """All of our knowledge can be handed over: no provider breaks the writer or the schema."""
    files = []
    for provider in load_knowledge([shipped_root()]).providers:
        try:
            content = render_autoconfig(settings_of_provider(provider, domain="taro.example"), "ja")
        except ProfileImpossibleError:
            continue
        files.append(tmp_path / f"{provider.id}.xml")
        files[-1].write_bytes(content)
    assert len(files) > 50
    assert problems(*files) == ""


def test_what_we_write_is_what_we_read() -> None:
    """Our own reader finds the same servers, best first, IMAP before POP."""
    config = read_autoconfig(render_autoconfig(settings(), "en"))
    assert (config.display_name, config.domains) == ("Hoshi <Mail>", ("hoshi.example.jp",))
    assert [(s.protocol, s.hostname, s.port, s.security, s.username) for s in config.servers] == [
        (s.protocol, s.hostname, s.port, s.security, s.username) for s in (IMAP, IMAP_143, POP, SMTP)
    ]
    assert [s.authentication for s in config.servers] == [
        ("password",),
        ("password",),
        ("password", "oauth2"),
        ("password",),
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"username": "account_id"}, "username"),
        ({"authentication": ()}, "sign_in"),
        ({"security": "plaintext"}, "incoming"),
    ],
)
def test_what_cannot_be_said_is_refused(changes: dict[str, Any], reason: str) -> None:
    """No placeholder for an account id, no way to sign in, no encryption: a reason and not a wrong file."""
    with pytest.raises(ProfileImpossibleError) as refused:
        render_autoconfig(settings(msgspec.structs.replace(IMAP, **changes), SMTP), "en")
    assert refused.value.reason == reason


def test_a_file_belongs_to_a_domain() -> None:
    """Without a domain nobody could find it; without a sending server it would be half an account."""
    with pytest.raises(ProfileImpossibleError, match="domain"):
        render_autoconfig(settings(domains=("not a domain",)), "en")
    with pytest.raises(ProfileImpossibleError, match="outgoing"):
        render_autoconfig(settings(IMAP), "en")
