"""The settings as a block of plain text, to be pasted into a ticket or a mail: no markup, one line per value."""

from __future__ import annotations

from typing import Final

from bot.kb.model import Language
from bot.kb.ports import SET_UP_PROTOCOLS
from bot.profiles.model import MailServer, MailSettings, ProfileImpossibleError, Says

_LONGEST_NAME: Final = 80


def render_ticket_text(settings: MailSettings, language: Language, says: Says) -> str:
    """Return the best server of each protocol, with what to enter beside it.

    Args:
        settings: The servers.
        language: Of the text.
        says: The wording.

    Returns:
        Lines without trailing spaces, the last one ended.

    Raises:
        ProfileImpossibleError: There is no encrypted server at all.
    """
    servers = [best for protocol in SET_UP_PROTOCOLS if (best := settings.best(protocol)) is not None]
    if not servers:
        raise ProfileImpossibleError("incoming")
    name = settings.name(language, _LONGEST_NAME)
    blocks = [[says.say("profile.ticket_title", language, name=name)]]
    blocks += [_block(server, language, says) for server in servers]
    closing = [says.say("profile.ticket_password", language)]
    if settings.manual_url is not None:
        closing.append(says.say("profile.ticket_manual", language, url=settings.manual_url))
    return "\n\n".join("\n".join(lines) for lines in (*blocks, closing)) + "\n"


def _block(server: MailServer, language: Language, says: Says) -> list[str]:
    def line(key: str, value: str) -> str:
        return says.say("profile.ticket_line", language, label=says.say(key, language), value=value)

    lines = [
        says.say(
            "profile.ticket_heading",
            language,
            purpose=says.say(f"purpose.{server.protocol}", language),
        ),
        line("column.server", server.hostname),
        line("column.port", str(server.port)),
        line("column.encryption", says.say(f"security.{server.security}", language)),
        line("fact.username", says.say(f"username.short.{server.username}", language)),
    ]
    if server.authentication:
        ways = [says.say(f"profile.sign_in.{way}", language) for way in server.authentication]
        lines.append(line("fact.authentication", says.say("list.or", language).join(ways)))
    return lines
