"""How much memory a process holds."""

from __future__ import annotations

from pathlib import Path


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process in MB (VmRSS of proc(5))."""
    return _mb(str(pid), "VmRSS:")


def peak_mb() -> float:
    """Return the most resident memory that this process has held, in MB.

    VmHWM and not `getrusage`: the latter begins with what the process had that started us.
    """
    return _mb("self", "VmHWM:")


def _mb(pid: str, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024
