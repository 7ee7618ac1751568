"""`mailports doctor`: check tokens, scopes, database and knowledge, and say how to mend what is wrong."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from bot.cli.output import load_lookup, report
from bot.cli.start import lines_for, setting_hint
from bot.errors import BotError
from bot.settings import SettingsInvalidError, console_language, load_settings

if TYPE_CHECKING:
    from bot.answer.wording import Wording
    from bot.kb.lookup import Lookup
    from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments: there are none, everything is in the environment."""
    parser.epilog = "Prints one line per check, in the language of LANG; exit status 1 if something is to be mended."


def run(arguments: argparse.Namespace) -> int:
    """Check everything.

    Returns:
        0 if all is well, 1 if something is to be mended, 2 if the knowledge cannot be loaded.
    """
    del arguments
    try:
        lookup = load_lookup()
    except BotError as error:
        return report(error)
    from bot.answer.wording import Wording

    patient = _Examination(Wording(lookup))
    patient.examine_knowledge(lookup)
    settings = patient.examine_settings()
    if settings is not None:
        asyncio.run(patient.examine_the_rest(settings))
    return 1 if patient.problems else 0


class _Examination:
    """Prints one line per check and counts the problems."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._language = console_language()
        self.problems = 0

    def examine_knowledge(self, lookup: Lookup) -> None:
        """Say what was loaded; its faults were told before."""
        knowledge = lookup.knowledge
        self._well("cli.doctor_knowledge", providers=len(knowledge.providers), clients=len(knowledge.clients))

    def examine_settings(self) -> Settings | None:
        """Check the variables by their form."""
        try:
            settings = load_settings()
        except SettingsInvalidError as error:
            self._ill(error)
            return None
        try:
            settings.require_slack()
        except SettingsInvalidError as error:
            self._ill(error)
        return settings

    async def examine_the_rest(self, settings: Settings) -> None:
        """Ask Slack and the database."""
        from bot.slack.connect import ask_account, ask_socket_url, make_client, open_session
        from bot.slack.logs import tame

        tame()
        async with open_session() as session:
            if settings.bot_token is not None:
                client = make_client(session, settings.slack_api_url, settings.bot_token.reveal())
                try:
                    account = await ask_account(client)
                except BotError as error:
                    self._ill(error)
                else:
                    self._well("cli.doctor_bot", team=account.team_name, bot=account.bot_name)
                    self._examine_scopes(account.scopes)
            if settings.app_token is not None:
                client = make_client(session, settings.slack_api_url, None)
                try:
                    await ask_socket_url(client, settings.app_token.reveal())
                except BotError as error:
                    self._ill(error)
                else:
                    self._well("cli.doctor_socket")
            elif settings.signing_secret is not None:
                self._well("cli.doctor_http", host=settings.host, port=settings.port)
        await self._examine_database(settings)
        self._examine_probe(settings)

    def _examine_probe(self, settings: Settings) -> None:
        """Say what may be probed: a switch that nobody remembers explains much."""
        if not settings.probe:
            self._print("cli.doctor_note", "cli.doctor_probe_off")
            return
        self._well(
            "cli.doctor_probe",
            allowed=len(settings.probe_allow),
            denied=len(settings.probe_deny),
            user=settings.probe_per_user,
            host=settings.probe_per_host,
            team=settings.probe_per_team,
        )

    def _examine_scopes(self, granted: frozenset[str] | None) -> None:
        from bot.slack.scopes import OPTIONAL, REQUIRED

        if granted is None:
            self._print("cli.doctor_note", "cli.doctor_scopes_unknown")
            return
        missing = [scope for scope in REQUIRED if scope not in granted]
        if missing:
            self.problems += 1
            self._print("cli.doctor_problem", "cli.doctor_scopes_missing", scopes=", ".join(missing))
            print("  " + self._wording.say("cli.doctor_scopes_hint", self._language))
        else:
            self._well("cli.doctor_scopes")
        declined = [scope for scope in OPTIONAL if scope not in granted]
        if declined:
            self._print("cli.doctor_note", "cli.doctor_scopes_optional", scopes=", ".join(declined))

    async def _examine_database(self, settings: Settings) -> None:
        from bot.work.start import open_ledger

        try:
            ledger, url = await open_ledger(settings.database_url)
        except BotError as error:
            self._ill(error)
            print(setting_hint("MAILPORTS_DATABASE_URL", self._wording))
            return
        try:
            self._well("cli.doctor_database", database=url.get_backend_name(), owed=await ledger.count_owed())
        except BotError as error:
            self._ill(error)
        finally:
            await ledger.close()

    def _well(self, key: str, **params: object) -> None:
        self._print("cli.doctor_ok", key, **params)

    def _ill(self, error: BotError) -> None:
        self.problems += 1
        lines = lines_for(error, self._wording)
        mark = self._wording.say("cli.doctor_problem", self._language)
        print("\n".join(line if line.startswith("  ") else f"{mark} {line}" for line in lines))

    def _print(self, mark: str, key: str, **params: object) -> None:
        mark_text = self._wording.say(mark, self._language)
        print(f"{mark_text} {self._wording.say(key, self._language, **params)}")
