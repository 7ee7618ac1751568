"""The command `mailports`: parses arguments and imports nothing but the module of the command that was given."""

from __future__ import annotations

import importlib
import os
import sys

# Not from `typing`: an interrupt (Ctrl-C) during an import up here would print a stack trace.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from types import ModuleType

COMMANDS = {
    "ask": "answer one question, or many from standard input",
    "probe": "look at a mail server: what works, what is wrong, what to type in",
    "demo": "try the bot in a Slack on this machine, in the browser",
    "serve": "run the bot for the Slack that the environment names",
    "doctor": "check tokens, scopes, database and knowledge, and say how to mend them",
    "knowledge": "check or show the knowledge files",
    "bench": "measure speed and memory, as ratios",
    "intents": "list the intents, providers and mail programs",
}
_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: Arguments without the program's name; those of the process by default.

    Returns:
        The exit status: 0 done, 1 something was found wrong, 2 it could not be run.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets a question mark, not an error.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    if not words or words[0] not in COMMANDS:
        _outline().parse_args(words or ["--help"])
        return 2
    name = words[0]
    try:
        module = importlib.import_module(f"bot.cli.{name}")
        read_plain = getattr(module, "read_plain", None)
        arguments = read_plain(words[1:]) if read_plain is not None else None
        status: int = module.run(arguments or _parser(name, module).parse_args(words[1:]))
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough (`| head`); the interpreter must not complain on its way out.
        sys.stdout = None
        return 0
    except OSError as error:
        # A full disk behind `> file`, a file that may not be read: the system's own words say it best.
        sys.stderr.write(f"mailports: {error.strerror or type(error).__name__}\n")
        sys.stdout = None
        return 2
    return status


def _open_closed_streams() -> None:
    """Give a process that was started without a standard stream (`<&-`, `>&-`) an empty one.

    Otherwise the next file that is opened would take the number of the missing stream, and what is meant for the
    terminal would go into it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - open until the end


def _outline() -> argparse.ArgumentParser:
    """Build the parser of `mailports --help`, without importing any command."""
    import argparse  # imported where it is used: a plain question at the terminal does without
    from importlib.metadata import PackageNotFoundError, version

    parser = argparse.ArgumentParser(
        prog="mailports", description="Answers mail-setup questions in Japanese and English."
    )
    try:
        installed = version("mailports")
    except PackageNotFoundError:
        installed = "from a checkout"
    parser.add_argument("--version", action="version", version=f"mailports {installed}")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    for name, purpose in COMMANDS.items():
        commands.add_parser(name, help=purpose)
    return parser


def _parser(name: str, module: ModuleType) -> argparse.ArgumentParser:
    import argparse

    purpose = COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"mailports {name}", description=f"{purpose[0].upper()}{purpose[1:]}.")
    module.add_arguments(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
