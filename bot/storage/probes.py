"""Who had which host probed: one statement on an open connection. Retention and `forget` delete from here as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.storage.tables import probes

if TYPE_CHECKING:
    from bot.probe.service import ProbeRecord


def note(connection: sa.Connection, record: ProbeRecord) -> None:
    """Keep one record."""
    connection.execute(
        sa.insert(probes),
        {
            "team": record.team,
            "user": record.user,
            "host": record.host,
            "outcome": record.outcome,
            "reason": record.reason,
            "elapsed_ms": record.elapsed_ms,
            "created_at": record.ended_at,
        },
    )
