"""The state of a verification on disk: one JSON line per host, so that a run can be broken off and taken up again.

`FILE` is the last run that came to its end, `FILE.part` the one under way. The second becomes the first in one step, so
neither is ever half of each.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final

import msgspec

from bot.errors import BotError
from bot.survey.drift import HostState

_STALE: Final = timedelta(days=3)
"""What was seen longer ago in a run that was broken off is looked at again."""
_MOST_BYTES: Final = 50_000_000


class StateFileInvalidError(BotError):
    """The file holds something else."""

    def __init__(self, path: Path) -> None:
        super().__init__("verify.state_invalid", path=path.name)


class StateFile:
    """Reads the run before and the run that was broken off, and keeps the one under way. A context manager.

    Args:
        path: The file.
        now: Aware; decides what of a broken-off run still counts.

    Raises:
        StateFileInvalidError: The file is no state file.
        OSError: It cannot be read or written.
    """

    def __init__(self, path: Path, now: datetime) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self.before = _read(path, path, may_be_cut=False)
        self.done = {
            name: state
            for name, state in _read(self._part, path, may_be_cut=True).items()
            if now - state.checked_at < _STALE
        }
        # Written anew, because a run that was killed may have left half a line behind.
        self._out = self._part.open("wb")
        for state in self.done.values():
            self.keep(state)

    def __enter__(self) -> StateFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.close()

    def keep(self, state: HostState) -> None:
        """Write one host, so that it is there whatever happens next."""
        self._out.write(msgspec.json.encode(state) + b"\n")
        self._out.flush()
        self.done[state.hostname] = state

    def finish(self, *, keeps_others: bool) -> None:
        """Let the run under way become the run before.

        Args:
            keeps_others: Take over what the run before says of hosts that this one left out.
        """
        if keeps_others:
            for name, state in self.before.items():
                if name not in self.done:
                    self.keep(state)
        self._out.close()
        self._part.replace(self._path)

    def discard(self) -> None:
        """Forget the run under way."""
        self._out.close()
        self._part.unlink(missing_ok=True)


def _read(path: Path, named: Path, *, may_be_cut: bool) -> dict[str, HostState]:
    if not path.exists():
        return {}
    with path.open("rb") as file:
        lines = file.read(_MOST_BYTES).split(b"\n")
    found: dict[str, HostState] = {}
    for number, line in enumerate(lines, 1):
        try:
            if line.strip():
                state = msgspec.json.decode(line, type=HostState)
                found[state.hostname] = state
        except msgspec.DecodeError:
            # What is not ours is not written over; only the last line of a run that was killed may be half a line.
            if number < len(lines) or not may_be_cut:
                raise StateFileInvalidError(named) from None
    return found
