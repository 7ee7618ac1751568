"""Keep what users write out of the log.

Bolt logs whole bodies of requests that it refuses (at INFO), and the SDK logs every message it sends (at DEBUG). So
their loggers speak only of errors, whatever level the administrator chose for ours, and no exception is logged with its
text: an error's text may quote what was being read.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

import structlog

_CHATTY = {
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.ERROR,
    "aiohttp": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
}
_FRAMES = 6


def configure_logging(level: str) -> None:
    """Log JSON lines to standard error.

    Args:
        level: Of our own log, such as `INFO`.
    """
    number = logging.getLevelNamesMapping()[level]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=max(number, logging.INFO), handlers=[handler], force=True)
    tame()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def tame() -> None:
    """Silence the loggers that would write down messages, at every level below errors."""
    for name, level in _CHATTY.items():
        logging.getLogger(name).setLevel(level)
        # Bolt gives each of its loggers a level of its own when an app is built, which the parent's does not reach.
        for child in [known for known in logging.root.manager.loggerDict if known.startswith(f"{name}.")]:
            logging.getLogger(child).setLevel(level)


def quiet_logger() -> logging.Logger:
    """Return the logger for Bolt, the Socket Mode client and the SDK."""
    logger = logging.getLogger("slack_bolt.mailports")
    logger.setLevel(logging.ERROR)
    return logger


def frames(error: BaseException) -> list[str]:
    """Return where an error happened, innermost last, without its text."""
    found = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}:{frame.name}" for frame in found]


class _JsonLines(logging.Formatter):
    """The same form for the lines of the libraries as for ours; of an exception its kind and its place."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "event": record.getMessage() if record.exc_info is None else "library_fault",
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info is not None and record.exc_info[1] is not None:
            line["kind"] = type(record.exc_info[1]).__name__
            line["where"] = frames(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)
