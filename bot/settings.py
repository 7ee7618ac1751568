"""What the environment says, read here and nowhere else.

Plain standard library: naming the knowledge folders is on the way of every `mailports ask`, and a running bot spares the
ten megabytes that a settings library would take for nine variables.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from bot.errors import BotError
from bot.kb.load import shipped_folder
from bot.kb.model import Language

if TYPE_CHECKING:
    from pathlib import Path

    from bot.probe.networks import Network
    from bot.probe.target import AllowedNetwork

SlackMode = Literal["socket", "http"]

_DATABASES = ("sqlite", "postgresql")
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# Bolt reads these by itself: client id and secret turn its OAuth flow on, which a bot with one fixed token must not
# have, and the others would stand beside what the settings say.
_READ_BY_BOLT = (
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_VERIFICATION_TOKEN",
)
_OF_PROBES = frozenset(
    {
        "probe",
        "probe_allow",
        "probe_deny",
        "probe_per_user",
        "probe_per_host",
        "probe_per_team",
        "dns_server",
        "ca_file",
    }
)


class SettingsInvalidError(BotError):
    """Variables are missing or cannot be used. *problems* names each with the key of what to say about it.

    Args:
        problems: Pairs of message key (`cli.setting_missing`, `cli.setting_invalid`) and variable; never a value.
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("cli.settings_invalid", count=len(problems))
        self.problems = problems


class Secret:
    """A text that does not show itself when it is printed or logged."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text, for whoever has to send it."""
        return self._text

    def __repr__(self) -> str:
        """Say that there is one, and nothing about it."""
        return "Secret('…')"


class Settings(msgspec.Struct, frozen=True):
    """Everything an administrator can set; see `_VARIABLES` for the names of the variables."""

    bot_token: Secret | None = None
    signing_secret: Secret | None = None
    app_token: Secret | None = None
    """Switches to Socket Mode."""
    database_url: str = "sqlite:///mailports.sqlite3"
    host: str = "127.0.0.1"
    port: int = 3000
    """0 takes any free port."""
    slack_api_url: str = "https://slack.com/api/"
    """Ends with a slash."""
    log_level: str = "INFO"
    text_days: int = 90
    """Days after which the texts of questions (redacted) are deleted."""
    probe: bool = True
    """Whether servers can be probed from Slack."""
    probe_per_user: int = 6
    """Probes that one person may start in ten minutes."""
    probe_per_host: int = 10
    """Probes of one host in ten minutes, whoever starts them."""
    probe_per_team: int = 60
    """Probes of a whole workspace in ten minutes."""
    probe_allow: tuple[AllowedNetwork, ...] = ()
    """Networks that a probe may reach although they are not public."""
    probe_deny: tuple[Network, ...] = ()
    """Networks that a probe never reaches."""
    dns_server: tuple[str, int] | None = None
    """Asked by a probe instead of this machine's own."""
    ca_file: str | None = None
    """Roots that a probe trusts instead of the system's: a company's own authority."""
    ispdb: str | None = "https://v1.ispdb.net/"
    """Where published settings are looked up; None where no domain is to be told to it."""
    autodiscover: bool = True
    """Whether Autodiscover is asked about a domain."""

    @property
    def slack_mode(self) -> SlackMode:
        """Say how Slack reaches us: Socket Mode as soon as there is an app token."""
        return "socket" if self.app_token is not None else "http"

    def require_slack(self) -> None:
        """Check that the secrets of the chosen way are there.

        Raises:
            SettingsInvalidError: Naming each variable that is missing.
        """
        missing = [] if self.bot_token is not None else ["SLACK_BOT_TOKEN"]
        if self.app_token is None and self.signing_secret is None:
            missing.append("SLACK_SIGNING_SECRET")
        if missing:
            raise SettingsInvalidError([("cli.setting_missing", name) for name in missing])


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings; an empty variable counts as not set.

    Args:
        environ: Variables instead of the process's own, for tests and for the demo.

    Returns:
        The frozen settings. Whether the tokens that a surface needs are there is asked by `Settings.require_slack`,
        because not every command needs them.

    Raises:
        SettingsInvalidError: With every variable whose value cannot be used.
    """
    variables = os.environ if environ is None else environ
    given: dict[str, Any] = {}
    faulty: list[str] = []
    for name, (field, read) in _VARIABLES.items():
        text = variables.get(name, "").strip()
        if not text:
            continue
        try:
            given[field] = read(text)
        except ValueError:
            faulty.append(name)
    if faulty:
        # Raised outside the handler: the first error's text could quote a secret.
        raise SettingsInvalidError([("cli.setting_invalid", name) for name in faulty])
    return Settings(**given)


def knowledge_folders(environ: Mapping[str, str] | None = None) -> list[str]:
    """Return the folders of the knowledge, in the order in which they are laid over one another.

    The shipped folder comes first; the folder that `MAILPORTS_KNOWLEDGE` names is laid over it.
    Plain strings, because `mailports ask` needs nothing else and importing pathlib would cost it four milliseconds.
    """
    own = (os.environ if environ is None else environ).get("MAILPORTS_KNOWLEDGE", "").strip()
    return [shipped_folder(), *([os.path.expanduser(own)] if own else [])]  # noqa: PTH111


def knowledge_paths(environ: Mapping[str, str] | None = None) -> list[Path]:
    """Return the same as `knowledge_folders`, as paths."""
    from pathlib import Path

    return list(map(Path, knowledge_folders(environ)))


def probe_variables(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables that concern probes, for a bot whose other settings come from elsewhere (the demo)."""
    variables = os.environ if environ is None else environ
    return {
        name: variables[name] for name, (field, _) in _VARIABLES.items() if field in _OF_PROBES and name in variables
    }


def cache_folder(environ: Mapping[str, str] | None = None) -> str | None:
    """Return the folder for compiled knowledge, made if need be; None where none can be made (read-only home)."""
    variables = os.environ if environ is None else environ
    own, home = variables.get("XDG_CACHE_HOME", "").strip(), variables.get("HOME", "").strip()
    if not own and not home:
        return None
    folder = os.path.join(own, "mailports") if own else os.path.join(home, ".cache", "mailports")  # noqa: PTH118
    with suppress(OSError):
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        if os.access(folder, os.W_OK):
            return folder
    return None


def cache_dir(environ: Mapping[str, str] | None = None) -> Path | None:
    """Return the same as `cache_folder`, as a path."""
    from pathlib import Path

    folder = cache_folder(environ)
    return None if folder is None else Path(folder)


def console_language(environ: Mapping[str, str] | None = None) -> Language:
    """Return the language for the terminal: Japanese where the locale says so, English otherwise."""
    variables = os.environ if environ is None else environ
    locale = next((variables[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if variables.get(name)), "")
    return "ja" if locale.lower().startswith("ja") else "en"


def is_on_this_machine(hostname: str) -> bool:
    """Say whether a host name or address is this machine's own."""
    if hostname == "localhost":
        return True
    from ipaddress import ip_address

    try:
        return ip_address(hostname).is_loopback
    except ValueError:
        return False


@contextmanager
def without_slack_variables() -> Iterator[None]:
    """Hide the variables that Bolt would read by itself, while an app is being built."""
    hidden = {name: os.environ.pop(name) for name in _READ_BY_BOLT if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)


# -- readers: each returns the value of one variable, or raises ValueError ---------------------------------------------


def _token(prefix: str) -> Callable[[str], Secret]:
    def read(text: str) -> Secret:
        # Swapped tokens are the usual mistake, and Slack's own message for them ("invalid_auth") does not say so.
        if not text.startswith(prefix) or not text.isascii() or any(letter.isspace() for letter in text):
            raise ValueError(f"does not begin with {prefix}")
        return Secret(text)

    return read


def _signing_secret(text: str) -> Secret:
    if text.startswith(("xoxb-", "xapp-")):
        raise ValueError("is a token")
    return Secret(text)


def _database_url(text: str) -> str:
    scheme, found, _ = text.partition("://")
    if not found or scheme.partition("+")[0] not in _DATABASES:
        raise ValueError("is no database that can be used")
    return text


def _api_url(text: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is no web address")
    if parts.scheme == "http" and not is_on_this_machine(parts.hostname):
        # The bot token travels in every call: in the clear it may not leave this machine.
        raise ValueError("is not https")
    return text if text.endswith("/") else text + "/"


def _log_level(text: str) -> str:
    if text.upper() not in _LOG_LEVELS:
        raise ValueError("is no log level")
    return text.upper()


def _switch(text: str) -> bool:
    if text.lower() not in {"on", "off"}:
        raise ValueError("is neither on nor off")
    return text.lower() == "on"


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError("is out of range")
        return number

    return read


def _probe_allow(text: str) -> tuple[AllowedNetwork, ...]:
    from bot.probe.target import NetworksInvalidError, parse_allowed  # only who sets it waits for it

    try:
        return parse_allowed(text)
    except NetworksInvalidError:
        raise ValueError("names no networks") from None


def _probe_deny(text: str) -> tuple[Network, ...]:
    from bot.probe.target import NetworksInvalidError, parse_denied

    try:
        return parse_denied(text)
    except NetworksInvalidError:
        raise ValueError("names no networks") from None


def _dns_server(text: str) -> tuple[str, int]:
    from ipaddress import ip_address

    if text.startswith("["):
        address, closed, rest = text[1:].partition("]")
        colon, port = rest[:1], rest[1:]
        if not closed:
            raise ValueError("has an open bracket")
    elif text.count(":") > 1:
        address, colon, port = text, "", ""
    else:
        address, colon, port = text.partition(":")
    if colon not in {"", ":"}:
        raise ValueError("has something behind the address")
    return str(ip_address(address)), _number(1, 65535)(port) if colon else 53


def _ispdb(text: str) -> str | None:
    # Answers decide where passwords go: the same rule as for Slack's own address.
    return None if text.lower() == "off" else _api_url(text)


def _roots(text: str) -> str:
    import ssl  # ten milliseconds that nobody without roots of their own has to wait

    path = os.path.expanduser(text)  # noqa: PTH111
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError:
        raise ValueError("holds no certificates") from None
    return path


_VARIABLES: dict[str, tuple[str, Callable[[str], object]]] = {
    "SLACK_BOT_TOKEN": ("bot_token", _token("xoxb-")),
    "SLACK_SIGNING_SECRET": ("signing_secret", _signing_secret),
    "SLACK_APP_TOKEN": ("app_token", _token("xapp-")),
    "MAILPORTS_DATABASE_URL": ("database_url", _database_url),
    "MAILPORTS_HOST": ("host", str),
    "MAILPORTS_PORT": ("port", _number(0, 65535)),
    "MAILPORTS_SLACK_API_URL": ("slack_api_url", _api_url),
    "MAILPORTS_LOG_LEVEL": ("log_level", _log_level),
    "MAILPORTS_TEXT_DAYS": ("text_days", _number(1, 3650)),
    "MAILPORTS_PROBE": ("probe", _switch),
    "MAILPORTS_PROBE_PER_USER": ("probe_per_user", _number(1, 10_000)),
    "MAILPORTS_PROBE_PER_HOST": ("probe_per_host", _number(1, 10_000)),
    "MAILPORTS_PROBE_PER_TEAM": ("probe_per_team", _number(1, 100_000)),
    "MAILPORTS_PROBE_ALLOW": ("probe_allow", _probe_allow),
    "MAILPORTS_PROBE_DENY": ("probe_deny", _probe_deny),
    "MAILPORTS_DNS_SERVER": ("dns_server", _dns_server),
    "MAILPORTS_CA_FILE": ("ca_file", _roots),
    "MAILPORTS_ISPDB": ("ispdb", _ispdb),
    "MAILPORTS_AUTODISCOVER": ("autodiscover", _switch),
}
