"""The type of an instant in the models of requests and answers; `instant` makes the values."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

# RFC 3339 in UTC with milliseconds, such as 2026-11-25T09:30:00.000Z.
Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
