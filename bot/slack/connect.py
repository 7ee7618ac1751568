"""Reach Slack: one connection pool, one client, and the question who we are."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError
from bot.slack import logs
from bot.slack.inbound import Identity

# Longer than Slack ever takes, shorter than `bot.work` waits for one try.
_TIMEOUT = aiohttp.ClientTimeout(total=30.0, sock_connect=10.0)


class SlackTokenError(BotError):
    """Slack refuses a token.

    Args:
        variable: The variable that holds it.
        code: Slack's word, such as `invalid_auth`.
    """

    def __init__(self, variable: str, code: str) -> None:
        super().__init__("cli.token_refused", variable=variable, code=code)
        self.code = code


class SlackUnreachableError(BotError):
    """Nothing answers at the address of Slack's Web API, or it is not Slack that answers."""

    def __init__(self, host: str) -> None:
        super().__init__("cli.slack_unreachable", host=host)


@dataclass(frozen=True, slots=True)
class Account:
    """What auth.test says about the bot token."""

    identity: Identity
    team_name: str
    bot_name: str
    scopes: frozenset[str] | None
    """None where the answer does not say."""


def open_session() -> aiohttp.ClientSession:
    """Open the connection pool that all calls share; close it at the end.

    The machine's proxy, and the hosts it is not for, are asked for each call, but only where there is a proxy at all:
    the question costs two trips to a thread.
    """
    return aiohttp.ClientSession(
        timeout=_TIMEOUT,
        trust_env=bool(getproxies()),
        connector=aiohttp.TCPConnector(limit=64, keepalive_timeout=30.0),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


def make_client(session: aiohttp.ClientSession, api_url: str, token: str | None) -> AsyncWebClient:
    """Make a client without retries of its own (see `bot.slack.outbound`)."""
    client = AsyncWebClient(
        token=token, base_url=api_url, session=session, retry_handlers=[], logger=logs.quiet_logger()
    )
    client.proxy = None  # The session knows the proxy, and unlike the SDK also what it is not for.
    return client


async def ask_account(client: AsyncWebClient) -> Account:
    """Ask Slack whose token this is.

    Raises:
        SlackTokenError: The token does not hold.
        SlackUnreachableError: No answer, or not Slack's.
    """
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise _refused(error, "SLACK_BOT_TOKEN", client) from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise SlackUnreachableError(_host(client)) from None
    listed = next((value for name, value in answer.headers.items() if name.lower() == "x-oauth-scopes"), None)
    return Account(
        identity=Identity(str(answer["team_id"]), str(answer["user_id"]), str(answer.get("bot_id") or "")),
        team_name=str(answer.get("team") or ""),
        bot_name=str(answer.get("user") or ""),
        scopes=frozenset(scope.strip() for scope in listed.split(",") if scope.strip()) if listed is not None else None,
    )


async def ask_socket_url(client: AsyncWebClient, app_token: str) -> str:
    """Ask where Socket Mode connects to.

    Raises:
        SlackTokenError: The app-level token does not hold.
        SlackUnreachableError: No answer, or not Slack's.
    """
    try:
        return str((await client.apps_connections_open(app_token=app_token))["url"])
    except SlackApiError as error:
        raise _refused(error, "SLACK_APP_TOKEN", client) from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise SlackUnreachableError(_host(client)) from None


def _refused(error: SlackApiError, variable: str, client: AsyncWebClient) -> BotError:
    data = getattr(error.response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    status = int(getattr(error.response, "status_code", 0) or 0)
    if not code or status >= 429:
        return SlackUnreachableError(_host(client))
    return SlackTokenError(variable, code)


def _host(client: AsyncWebClient) -> str:
    return urlsplit(client.base_url).hostname or client.base_url
