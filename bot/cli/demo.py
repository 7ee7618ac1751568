"""`mailports demo`: a Slack on this machine with the bot in it, in the browser."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.output import CANNOT_RUN, load_lookup, report, watch_knowledge
from bot.cli.start import refuse_start
from bot.errors import BotError
from bot.settings import console_language, load_settings, probe_variables

if TYPE_CHECKING:
    from bot.answer.wording import Wording
    from bot.kb.lookup import Lookup
    from bot.kb.watch import KnowledgeWatch
    from bot.local_slack import LocalSlack

_PORT = 8787
_WATCHED = "helpdesk"
_ADMIN = "sato"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("--port", type=int, default=None, help=f"port of the page ({_PORT}, or any free one)")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--http", action="store_true", help="connect the bot by signed HTTP instead of Socket Mode")


def run(arguments: argparse.Namespace) -> int:
    """Run until Ctrl-C.

    Returns:
        0 at the end; 2 if it cannot run.
    """
    try:
        watch = watch_knowledge()
        lookup = load_lookup()
    except BotError as error:
        return report(error)
    from bot.answer.wording import Wording
    from bot.slack.logs import configure_logging

    configure_logging("WARNING")
    wording = Wording(lookup)
    try:
        asyncio.run(_demo(arguments, lookup, watch, wording))
    except BotError as error:
        return refuse_start(error, wording)
    except OSError as error:
        text = wording.say("cli.cannot_listen", console_language(), host="127.0.0.1", port=arguments.port or 0)
        print(f"{text} ({error.strerror or type(error).__name__})", file=sys.stderr)
        return CANNOT_RUN
    return 0


async def _demo(arguments: argparse.Namespace, lookup: Lookup, watch: KnowledgeWatch, wording: Wording) -> None:
    from bot.app import Bot
    from bot.slack.web import EVENTS_PATH

    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    slack = make_slack(wording)
    await _start_slack(slack, arguments.port)
    with tempfile.TemporaryDirectory(prefix="mailports-demo-") as folder:
        variables = {
            **probe_variables(),
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_APP_TOKEN": "" if arguments.http else slack.app_token,
            "MAILPORTS_SLACK_API_URL": slack.api_url,
            "MAILPORTS_DATABASE_URL": f"sqlite:///{Path(folder) / 'demo.sqlite3'}",
            "MAILPORTS_PORT": "0",
        }
        bot = Bot(load_settings(variables), lookup, watch)
        try:
            await bot.start()
            if arguments.http:
                slack.deliver_to(f"http://127.0.0.1:{bot.port}{EVENTS_PATH}")
            await slack.slash(_ADMIN, _WATCHED, "/mailports", "watch on")
            print(wording.say("cli.demo_ready", console_language(), url=slack.base_url), flush=True)
            if not arguments.no_browser:
                await asyncio.to_thread(_open_browser, slack.base_url)
            await ended.wait()
        finally:
            await bot.stop()
            await slack.stop()
    print(wording.say("cli.demo_ended", console_language()))


def make_slack(wording: Wording) -> LocalSlack:
    """Make the workspace that the demo shows: people of both languages, channels that invite to try."""
    from bot.local_slack import Channel, Command, LocalSlack, Shortcut
    from bot.slack.action_ids import COMMAND, SHORTCUT

    slack = LocalSlack(keep_calls=1000)
    workspace = slack.workspace
    everyone = {user.id for user in workspace.users.values()}
    helpdesk = workspace.find_channel(_WATCHED)
    helpdesk.topic = _both(wording, "cli.demo_topic_watched")
    topic = _both(wording, "cli.demo_topic_ask")
    workspace.add_channel(Channel("C0MAILHELP", "mail-help", topic=topic, creator=helpdesk.creator, members=everyone))
    workspace.find_channel("random").members.add(workspace.bot.id)
    language = console_language()
    slack.commands.append(
        Command(COMMAND, wording.say("cli.demo_command", language), wording.say("cli.demo_command_hint", language))
    )
    slack.shortcuts.append(Shortcut(SHORTCUT, wording.say("cli.demo_shortcut", language)))
    return slack


def _both(wording: Wording, key: str) -> str:
    return f"{wording.say(key, 'ja')} / {wording.say(key, 'en')}"


async def _start_slack(slack: LocalSlack, port: int | None) -> None:
    if port is not None:
        await slack.start(port=port)
        return
    try:
        await slack.start(port=_PORT)
    except OSError:
        await slack.start()


def _open_browser(url: str) -> None:
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    # A GenericBrowser runs in the terminal (w3m, lynx) and would take it over.
    if type(browser) is not webbrowser.GenericBrowser:
        browser.open(url)
