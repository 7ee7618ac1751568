"""`mailports intents`: what can be asked for, by id: intents, providers, mail programs."""

from __future__ import annotations

import argparse
import sys

from bot.cli.output import load_lookup, report
from bot.cli.record import encode
from bot.errors import BotError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `intents`."""
    parser.add_argument("--json", action="store_true", help="print one JSON object with the ids")
    parser.add_argument("--language", choices=("ja", "en"), help="language of the names (that of the terminal)")


def run(arguments: argparse.Namespace) -> int:
    """Print the lists, and return the exit status."""
    from bot.answer.compose import INTENTS
    from bot.answer.wording import Wording
    from bot.settings import console_language

    try:
        lookup = load_lookup()
    except BotError as error:
        return report(error)
    language = arguments.language or console_language()
    wording = Wording(lookup)
    groups = {
        "intents": {intent: wording.say(f"intent.{intent}", language) for intent in INTENTS},
        "providers": {entry.id: getattr(entry.names, language) for entry in lookup.knowledge.providers},
        "clients": {entry.id: getattr(entry.names, language) for entry in lookup.knowledge.clients},
    }
    if arguments.json:
        sys.stdout.buffer.write(encode({name: list(group) for name, group in groups.items()}))
        sys.stdout.buffer.flush()
        return 0
    for name, group in groups.items():
        print(name)
        width = max(map(len, group), default=0)
        for id_, label in group.items():
            print(f"  {id_:<{width}}  {label}")
    return 0
