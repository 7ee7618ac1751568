"""`mailports serve`: run the bot for the Slack that the environment names, until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import sys

from bot.cli.output import CANNOT_RUN, load_lookup, report, watch_knowledge
from bot.cli.start import refuse_start
from bot.errors import BotError
from bot.settings import console_language, load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments: there are none, everything is in the environment."""
    parser.epilog = (
        "Environment: SLACK_BOT_TOKEN; SLACK_APP_TOKEN for Socket Mode, else SLACK_SIGNING_SECRET for HTTP; "
        "MAILPORTS_DATABASE_URL, MAILPORTS_HOST, MAILPORTS_PORT, MAILPORTS_KNOWLEDGE, MAILPORTS_LOG_LEVEL, "
        "MAILPORTS_TEXT_DAYS, MAILPORTS_SLACK_API_URL. `mailports doctor` checks them."
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve.

    Returns:
        0 after a signal; 2 if it cannot run: the reason and what to do are on standard error.
    """
    del arguments
    watch = watch_knowledge()
    try:
        lookup = load_lookup()
    except BotError as error:
        return report(error)
    from bot.answer.wording import Wording

    wording = Wording(lookup)
    try:
        settings = load_settings()
        settings.require_slack()
        # The import of Slack's libraries takes a third of a second: a wrong variable is told before.
        from bot.app import Bot, run_until_ended
        from bot.slack.logs import configure_logging

        configure_logging(settings.log_level)
        asyncio.run(run_until_ended(Bot(settings, lookup, watch)))
    except BotError as error:
        return refuse_start(error, wording)
    except OSError as error:
        text = wording.say("cli.cannot_listen", console_language(), host=settings.host, port=settings.port)
        print(f"{text} ({error.strerror or type(error).__name__})", file=sys.stderr)
        return CANNOT_RUN
    return 0
