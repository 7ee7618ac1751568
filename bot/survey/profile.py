"""From what a survey recommends to the settings that a file carries, where it may carry them."""

from __future__ import annotations

from bot.errors import BotError
from bot.kb.lookup import Lookup
from bot.kb.model import Text
from bot.profiles.model import MailServer, MailSettings, settings_of
from bot.survey.result import Survey


def settings_of_survey(survey: Survey, lookup: Lookup) -> MailSettings:
    """Return what may be installed of the recommended settings.

    A file that installs itself is obeyed without being read, so it carries no server that somebody has to confirm first.

    Args:
        survey: Complete.
        lookup: Our knowledge, for the name of the service and its manual.

    Raises:
        BotError: A recommended server needs a person's confirmation.
    """
    for setting in survey.recommended:
        if setting.needs_confirmation:
            raise BotError("probe.file_unconfirmed", hostname=setting.hostname)
    name, discovery = survey.target.name, survey.discovery
    hosted_by = lookup.provider(discovery.hosted_by or "") if discovery is not None else lookup.hosts.owner(name)
    manual = next((page for each in hosted_by.manuals if (page := each.ja or each.en)), None) if hosted_by else None
    return settings_of(
        name,
        hosted_by.names if hosted_by is not None else Text(name, name),
        [
            MailServer(
                each.protocol, each.hostname, each.port, each.security, each.username or "other", each.authentication
            )
            for each in survey.recommended
        ],
        # A name that was typed may be a server's alone: addresses end in it only where somebody says so.
        domains=(name,) if _has_addresses(survey) else (),
        manual_url=manual.url if manual is not None else None,
    )


def _has_addresses(survey: Survey) -> bool:
    found = survey.discovery
    if found is None:
        return False
    return survey.target.kind == "domain" or bool(found.mx) or any(e.trust != "guess" for e in found.agreements)
