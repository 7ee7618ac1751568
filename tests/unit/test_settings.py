"""Settings: what an administrator sets is checked at once, and no secret is ever shown."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from bot.kb.load import shipped_root
from bot.settings import (
    SettingsInvalidError,
    cache_dir,
    console_language,
    knowledge_paths,
    load_settings,
    without_slack_variables,
)

GOOD = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "abc"}


def test_nothing_set_gives_the_documented_defaults() -> None:
    """Without variables: a SQLite file, 127.0.0.1:3000, Slack's own address."""
    settings = load_settings({})

    assert settings.database_url == "sqlite:///mailports.sqlite3"
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.log_level == "INFO"


def test_an_app_token_switches_to_socket_mode() -> None:
    """With an app token Slack is reached through a WebSocket, and no signing secret is needed."""
    socket = load_settings({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"})
    socket.require_slack()

    assert socket.slack_mode == "socket"
    assert load_settings(GOOD).slack_mode == "http"


@pytest.mark.parametrize(
    ("variables", "missing"),
    [
        ({}, ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, ["SLACK_SIGNING_SECRET"]),
        ({"SLACK_BOT_TOKEN": "  ", "SLACK_SIGNING_SECRET": "abc"}, ["SLACK_BOT_TOKEN"]),
        ({"SLACK_APP_TOKEN": "xapp-1"}, ["SLACK_BOT_TOKEN"]),
    ],
)
def test_missing_secrets_are_named(variables: dict[str, str], missing: list[str]) -> None:
    """Each variable that is missing is named, all at once; an empty one counts as missing."""
    with pytest.raises(SettingsInvalidError) as caught:
        load_settings(variables).require_slack()

    assert caught.value.problems == [("cli.setting_missing", name) for name in missing]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SLACK_BOT_TOKEN", "xapp-swapped"),
        ("SLACK_BOT_TOKEN", "xoxb-1 xoxb-2"),
        ("SLACK_APP_TOKEN", "xoxb-swapped"),
        ("SLACK_SIGNING_SECRET", "xoxb-swapped"),
        ("MAILPORTS_PORT", "http"),
        ("MAILPORTS_PORT", "70000"),
        ("MAILPORTS_DATABASE_URL", "mysql://db/x"),
        ("MAILPORTS_DATABASE_URL", "mailports.sqlite3"),
        ("MAILPORTS_SLACK_API_URL", "http://slack.example.com/api/"),
        ("MAILPORTS_SLACK_API_URL", "slack.com/api"),
        ("MAILPORTS_LOG_LEVEL", "LOUD"),
        ("MAILPORTS_TEXT_DAYS", "0"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_not_shown(variable: str, value: str) -> None:
    """The variable is named; its value, which may be a secret, is nowhere in the error."""
    with pytest.raises(SettingsInvalidError) as caught:
        load_settings({variable: value})

    assert caught.value.problems == [("cli.setting_invalid", variable)]
    assert value not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_every_faulty_variable_is_told_at_once() -> None:
    """Nobody has to start the bot five times to find five mistakes."""
    with pytest.raises(SettingsInvalidError) as caught:
        load_settings({"MAILPORTS_PORT": "x", "MAILPORTS_LOG_LEVEL": "y", "SLACK_BOT_TOKEN": "z"})

    assert {name for _, name in caught.value.problems} == {"MAILPORTS_PORT", "MAILPORTS_LOG_LEVEL", "SLACK_BOT_TOKEN"}


def test_secrets_do_not_show_when_the_settings_are_printed() -> None:
    """Printing the settings shows no token."""
    text = repr(load_settings({"SLACK_BOT_TOKEN": "xoxb-hidden", "SLACK_SIGNING_SECRET": "hidden-too"}))

    assert "hidden" not in text


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"])
def test_a_slack_on_this_machine_may_be_plain_http(host: str) -> None:
    """The local Slack has no certificate; the token does not leave the machine."""
    assert load_settings({"MAILPORTS_SLACK_API_URL": f"http://{host}/api"}).slack_api_url == f"http://{host}/api/"


def test_own_knowledge_is_laid_over_the_shipped(tmp_path: Path) -> None:
    """The shipped folder comes first, the company's second."""
    assert knowledge_paths({}) == [shipped_root()]
    assert knowledge_paths({"MAILPORTS_KNOWLEDGE": str(tmp_path)}) == [shipped_root(), tmp_path]


def test_the_cache_folder_is_made_or_gone_without(tmp_path: Path) -> None:
    """A home that cannot be written to is no error."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")

    assert cache_dir({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "mailports"
    assert cache_dir({"HOME": str(tmp_path)}) == tmp_path / ".cache" / "mailports"
    assert cache_dir({"HOME": str(blocked)}) is None
    assert cache_dir({}) is None


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "ja_JP.UTF-8", "LANG": "en_US.UTF-8"}, "ja"),
        ({}, "en"),
    ],
)
def test_the_terminal_is_spoken_to_in_its_language(variables: dict[str, str], language: str) -> None:
    """LC_ALL beats LANG; without either it is English."""
    assert console_language(variables) == language


def test_bolt_does_not_see_slacks_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client id in the environment does not turn the OAuth flow on; afterwards it is there again."""
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    with without_slack_variables():
        assert "SLACK_CLIENT_ID" not in os.environ
    assert os.environ["SLACK_CLIENT_ID"] == "1.2"


def test_naming_the_folders_loads_no_settings_library() -> None:
    """`mailports ask` needs the folders only, and does not pay for more."""
    code = (
        "import sys, bot.settings as s; s.knowledge_paths(); s.cache_dir(); s.console_language();"
        "print([name for name in ('pydantic', 'slack_sdk', 'sqlalchemy', 'yaml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_what_a_probe_may_reach_is_read(tmp_path: Path) -> None:
    """Networks, the DNS server and the roots of the probe are settings like any other."""
    roots = tmp_path / "roots.pem"
    roots.write_bytes(trustme.CA().cert_pem.bytes())
    settings = load_settings(
        {
            "MAILPORTS_PROBE_ALLOW": "10.1.0.0/16 10.2.0.0/16:8143,8993",
            "MAILPORTS_PROBE_DENY": "10.1.9.0/24",
            "MAILPORTS_DNS_SERVER": "127.0.0.1:5353",
            "MAILPORTS_CA_FILE": str(roots),
        }
    )
    assert [(str(each.network), sorted(each.ports)) for each in settings.probe_allow] == [
        ("10.1.0.0/16", []),
        ("10.2.0.0/16", [8143, 8993]),
    ]
    assert list(map(str, settings.probe_deny)) == ["10.1.9.0/24"]
    assert settings.dns_server == ("127.0.0.1", 5353)
    assert settings.ca_file == str(roots)


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[::1]:5353", ("::1", 5353)),
        ("[::1]", ("::1", 53)),
    ],
)
def test_a_dns_server_is_an_address_with_or_without_a_port(text: str, server: tuple[str, int]) -> None:
    """Port 53 is meant where none is written."""
    assert load_settings({"MAILPORTS_DNS_SERVER": text}).dns_server == server


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MAILPORTS_PROBE_ALLOW", "mail.example.jp"),
        ("MAILPORTS_PROBE_ALLOW", "10.1.0.1/16"),
        ("MAILPORTS_PROBE_DENY", "10.0.0.0/8:25"),
        ("MAILPORTS_DNS_SERVER", "dns.example.jp"),
        ("MAILPORTS_DNS_SERVER", "127.0.0.1:0"),
        ("MAILPORTS_DNS_SERVER", "127.0.0.1:"),
        ("MAILPORTS_DNS_SERVER", "[::1]53"),
        ("MAILPORTS_DNS_SERVER", "[::1"),
        ("MAILPORTS_CA_FILE", "/nowhere/roots.pem"),
        ("MAILPORTS_CA_FILE", __file__),
    ],
)
def test_faulty_settings_of_the_probe_are_named(name: str, text: str) -> None:
    """A network that cannot be read opens nothing; the variable is named."""
    with pytest.raises(SettingsInvalidError) as caught:
        load_settings({name: text})
    assert caught.value.problems == [("cli.setting_invalid", name)]


def test_who_is_asked_about_a_domain_can_be_chosen() -> None:
    """A mirror instead of the ISPDB, or nobody; Autodiscover on or off."""
    assert load_settings({}).ispdb == "https://v1.ispdb.net/"
    assert (
        load_settings({"MAILPORTS_ISPDB": "https://mirror.example.jp/v1.1"}).ispdb == "https://mirror.example.jp/v1.1/"
    )
    assert load_settings({"MAILPORTS_ISPDB": "OFF"}).ispdb is None
    assert [load_settings({"MAILPORTS_AUTODISCOVER": word}).autodiscover for word in ("on", "off")] == [True, False]


@pytest.mark.parametrize("variable", ["MAILPORTS_ISPDB", "MAILPORTS_AUTODISCOVER"])
@pytest.mark.parametrize("value", ["http://mirror.example.jp/", "no", "ftp://127.0.0.1/"])
def test_who_is_asked_must_be_readable(variable: str, value: str) -> None:
    """What is published decides where passwords go: only over HTTPS."""
    with pytest.raises(SettingsInvalidError) as caught:
        load_settings({variable: value})
    assert caught.value.problems == [("cli.setting_invalid", variable)]


def test_the_probe_has_a_switch_and_quotas() -> None:
    """It is on with the documented quotas, and each can be changed; anything else is refused by name."""
    settings = load_settings({})
    assert (settings.probe, settings.probe_per_user, settings.probe_per_host, settings.probe_per_team) == (
        True,
        6,
        10,
        60,
    )
    changed = load_settings(
        {"MAILPORTS_PROBE": "OFF", "MAILPORTS_PROBE_PER_USER": "2", "MAILPORTS_PROBE_PER_TEAM": "9"}
    )
    assert (changed.probe, changed.probe_per_user, changed.probe_per_team) == (False, 2, 9)
    with pytest.raises(SettingsInvalidError) as caught:
        load_settings({"MAILPORTS_PROBE": "maybe", "MAILPORTS_PROBE_PER_HOST": "0"})
    assert {name for _, name in caught.value.problems} == {"MAILPORTS_PROBE", "MAILPORTS_PROBE_PER_HOST"}
