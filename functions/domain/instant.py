"""Instants as the service writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

# RFC 3339 in UTC with milliseconds, such as 2026-11-25T09:30:00.000Z.
Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


def now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def timestamp(instant: datetime) -> Timestamp:
    """Return RFC 3339 in UTC with milliseconds, such as 2026-11-25T09:30:00.000Z."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
