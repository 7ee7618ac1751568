"""The settings of a running bot as one frozen object, checked when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.settings import SettingsInvalidError

SlackMode = Literal["socket", "http"]

SLACK_API_URL = "https://slack.com/api/"
DATABASE_URL = "sqlite:///mailports.sqlite3"
_DATABASES = ("sqlite", "postgresql")


def _bot_token(token: SecretStr) -> SecretStr:
    return _with_prefix(token, "xoxb-")


def _app_token(token: SecretStr) -> SecretStr:
    return _with_prefix(token, "xapp-")


def _with_prefix(token: SecretStr, prefix: str) -> SecretStr:
    value = token.get_secret_value().strip()
    # Swapped tokens are the usual mistake, and Slack's own message for them ("invalid_auth") does not say so.
    if not value.startswith(prefix) or not value.isascii() or any(letter.isspace() for letter in value):
        raise ValueError(f"must begin with {prefix}")
    return SecretStr(value)


def _signing_secret(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value().strip()
    if value.startswith(("xoxb-", "xapp-")):
        raise ValueError("is a token, not the signing secret")
    return SecretStr(value)


def _database_url(url: str) -> str:
    scheme = url.partition("://")[0].partition("+")[0]
    if scheme not in _DATABASES or "://" not in url:
        raise ValueError(f"must be one of {_DATABASES}")
    return url


def _api_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a web address")
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        # The bot token travels in every call: in the clear it may not leave this machine.
        raise ValueError("must be https outside this machine")
    return url if url.endswith("/") else url + "/"


def _is_this_machine(hostname: str) -> bool:
    if hostname == "localhost":
        return True
    try:
        return ip_address(hostname).is_loopback
    except ValueError:
        return False


def _log_level(level: str) -> str:
    name = level.upper()
    if name not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
        raise ValueError("must be a log level")
    return name


class Settings(BaseSettings):
    """Everything an administrator can set. Fields carry the name of their variable as alias."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    bot_token: Annotated[SecretStr, AfterValidator(_bot_token)] | None = Field(None, validation_alias="SLACK_BOT_TOKEN")
    signing_secret: Annotated[SecretStr, AfterValidator(_signing_secret)] | None = Field(
        None, validation_alias="SLACK_SIGNING_SECRET"
    )
    app_token: Annotated[SecretStr, AfterValidator(_app_token)] | None = Field(None, validation_alias="SLACK_APP_TOKEN")
    """Switches to Socket Mode."""
    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        DATABASE_URL, validation_alias="MAILPORTS_DATABASE_URL"
    )
    host: str = Field("127.0.0.1", validation_alias="MAILPORTS_HOST")
    port: int = Field(3000, ge=0, le=65535, validation_alias="MAILPORTS_PORT")
    """0 takes any free port."""
    slack_api_url: Annotated[str, AfterValidator(_api_url)] = Field(
        SLACK_API_URL, validation_alias="MAILPORTS_SLACK_API_URL"
    )
    log_level: Annotated[str, AfterValidator(_log_level)] = Field("INFO", validation_alias="MAILPORTS_LOG_LEVEL")
    text_days: int = Field(90, ge=1, le=3650, validation_alias="MAILPORTS_TEXT_DAYS")
    """Days after which question texts (redacted) are deleted."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what `read_settings` hands over and nothing else, so that a test cannot see the machine's variables."""
        return (init_settings,)

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


VARIABLES: dict[str, str] = {
    str(field.validation_alias): name for name, field in Settings.model_fields.items() if field.validation_alias
}


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Make the settings out of variables; an empty one counts as not set.

    Raises:
        SettingsInvalidError: With every variable whose value cannot be used.
    """
    given: dict[str, Any] = {name: environ[name].strip() for name in VARIABLES if environ.get(name, "").strip()}
    try:
        return Settings(**given)
    except ValidationError as error:
        names = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors(include_input=False, include_url=False))
    # Raised outside the handler: pydantic's own report must not follow as a cause, it could quote a value.
    raise SettingsInvalidError([("cli.setting_invalid", name) for name in names])
