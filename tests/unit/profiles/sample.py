"""Settings for the tests of the files that install themselves."""

from __future__ import annotations

from typing import Any

import msgspec

from bot.answer.wording import Wording
from bot.kb.model import Text
from bot.profiles.model import MailServer, MailSettings, settings_of
from tests.unit.answer.sample import lookup

NAMES = Text("ほし&メール", "Hoshi <Mail>")
IMAP = MailServer("imap", "imap.hoshi.example.jp", 993, "implicit_tls", "email_address", ("password",))
IMAP_143 = msgspec.structs.replace(IMAP, port=143, security="starttls")
IMAP_PLAIN = msgspec.structs.replace(IMAP, port=143, security="plaintext")
POP = MailServer("pop3", "pop.hoshi.example.jp", 995, "implicit_tls", "local_part", ("app_password", "oauth2"))
SMTP = MailServer("smtp", "smtp.hoshi.example.jp", 465, "implicit_tls", "email_address", ("password",))


def settings(*servers: MailServer, **more: Any) -> MailSettings:
    """Return settings with these servers (IMAP, POP and SMTP if none are given)."""
    more.setdefault("domains", ("hoshi.example.jp",))
    return settings_of("hoshi", NAMES, servers or (IMAP_PLAIN, IMAP_143, IMAP, POP, SMTP), **more)


def wording() -> Wording:
    """Return the shipped wording."""
    return Wording(lookup())
