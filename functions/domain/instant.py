"""Instants as the service writes them: RFC 3339 in UTC with milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def timestamp(instant: datetime) -> str:
    """Return RFC 3339 in UTC with milliseconds, such as 2026-11-25T09:30:00.000Z."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def optional_timestamp(instant: datetime | None) -> str | None:
    """Return an instant's timestamp, or None where there is no instant."""
    return None if instant is None else timestamp(instant)
