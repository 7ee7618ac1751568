"""What `mailports probe` writes beside its report: a profile, an autoconfig file, a QR code, a text for a ticket."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import BotError

if TYPE_CHECKING:
    import argparse

    from bot.answer.wording import Wording
    from bot.kb.model import Language
    from bot.profiles.model import Incoming, MailSettings

_SUFFIXES: dict[str, tuple[str, ...]] = {
    "profile": (".mobileconfig",),
    "autoconfig": (".xml",),
    "qr": (".png", ".svg"),
}


def add_file_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that ask for files."""
    group = parser.add_argument_group("made from the recommended settings, without any password")
    group.add_argument("--profile", metavar="FILE.mobileconfig", type=Path, help="for iPhone, iPad and Mac")
    group.add_argument("--autoconfig", metavar="FILE.xml", type=Path, help="to publish for Thunderbird and others")
    group.add_argument("--qr", metavar="FILE.png|svg", type=Path, help="the settings as a QR code")
    group.add_argument("--ticket", action="store_true", help="print a text for a ticket instead of the report")


def check_file_arguments(arguments: argparse.Namespace) -> None:
    """Check the names before anything is probed.

    Raises:
        BotError: A name has the wrong ending.
    """
    for name, suffixes in _SUFFIXES.items():
        path: Path | None = getattr(arguments, name)
        if path is not None and path.suffix.lower() not in suffixes:
            raise BotError("probe.file_suffix", path=path.name, suffixes=", ".join(suffixes))


def write_files(
    arguments: argparse.Namespace, settings: MailSettings, wording: Wording, language: Language
) -> list[Path]:
    """Write the files that were asked for.

    Returns:
        What was written.

    Raises:
        BotError: The settings cannot be made into one of them; nothing is written then.
        OSError: A file cannot be written.
    """
    made: list[tuple[Path, bytes]] = []
    if arguments.profile is not None:
        from bot.profiles.apple import render_mobileconfig

        made.append((arguments.profile, render_mobileconfig(settings, _incoming(settings), language, wording)))
    if arguments.autoconfig is not None:
        from bot.profiles.thunderbird import render_autoconfig

        made.append((arguments.autoconfig, render_autoconfig(settings, language)))
    if arguments.qr is not None:
        from bot.profiles.qr import render_qr_png, render_qr_svg

        render = render_qr_png if arguments.qr.suffix.lower() == ".png" else render_qr_svg
        made.append((arguments.qr, render(_short_text(settings, wording, language))))
    for path, content in made:
        path.write_bytes(content)
    return [path for path, _ in made]


def ticket_text(settings: MailSettings, wording: Wording, language: Language) -> str:
    """Return the text for a ticket.

    Raises:
        BotError: There is nothing to say.
    """
    from bot.profiles.ticket_text import render_ticket_text

    return render_ticket_text(settings, language, wording)


def _incoming(settings: MailSettings) -> Incoming:
    return "pop3" if settings.best("imap") is None and settings.best("pop3") is not None else "imap"


def _short_text(settings: MailSettings, wording: Wording, language: Language) -> str:
    """Return one line per server: a code must be coarse enough for a phone before a screen."""
    receiving, sending = settings.pair(_incoming(settings))
    return "\n".join(
        wording.say(
            "probe.qr_line",
            language,
            purpose=wording.say(f"purpose.{server.protocol}", language),
            hostname=server.hostname,
            port=server.port,
            encryption=wording.say(f"security.{server.security}", language),
        )
        for server in (receiving, sending)
    )
