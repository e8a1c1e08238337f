"""A memory of handled events in an SQLite file: it survives a restart and serves several processes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .seen import LEASE_SECONDS, Claim, Clock

# Redeliveries go on for three days; an operator may start one later.
RETENTION_SECONDS = 30 * 24 * 3600.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS seen_events (event_id TEXT PRIMARY KEY, lapses_at REAL, written_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS seen_events_by_age ON seen_events (written_at);
"""
_WRITE = "INSERT OR REPLACE INTO seen_events (event_id, lapses_at, written_at) VALUES (?, ?, ?)"


class SeenInSqlite:
    """Remember events in a file, each for 30 days by default; sqlite3.Error when it cannot."""

    def __init__(
        self,
        path: Path | str,
        lease_seconds: float = LEASE_SECONDS,
        retention_seconds: float = RETENTION_SECONDS,
        clock: Clock = time.time,
    ) -> None:
        if not isinstance(path, Path | str):
            raise TypeError(f"path is the file's path, not {type(path).__name__}")
        self._path = str(path)
        self._lease_seconds = lease_seconds
        self._retention_seconds = retention_seconds
        self._clock = clock
        try:
            with self._transaction() as connection:
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
        except sqlite3.OperationalError as error:
            # Its own text does not name the file.
            raise sqlite3.OperationalError(f"{path}: {error}") from error

    def claim(self, event_id: str) -> Claim:
        """Take an event for a limited time, unless it is claimed (BUSY) or it was handled (DONE)."""
        now = self._clock()
        with self._transaction() as connection:
            connection.execute(
                "DELETE FROM seen_events WHERE written_at < ?", (now - self._retention_seconds,)
            )
            row = connection.execute(
                "SELECT lapses_at FROM seen_events WHERE event_id = ?", (event_id,)
            ).fetchone()
            if row is not None:
                (lapses_at,) = row
                if lapses_at is None:
                    return Claim.DONE
                if lapses_at > now:
                    return Claim.BUSY
            connection.execute(_WRITE, (event_id, now + self._lease_seconds, now))
            return Claim.NEW

    def settle(self, event_id: str) -> None:
        """Remember the event as handled."""
        with self._transaction() as connection:
            connection.execute(_WRITE, (event_id, None, self._clock()))

    def release(self, event_id: str) -> None:
        """Give a claim back, so that the next copy of the event counts as new; a handled event stays so."""
        with self._transaction() as connection:
            connection.execute(
                "DELETE FROM seen_events WHERE event_id = ? AND lapses_at IS NOT NULL", (event_id,)
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # One each time: sqlite3 connections do not move between threads, and a webhook is no hot loop.
        connection = sqlite3.connect(self._path, timeout=5, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()
