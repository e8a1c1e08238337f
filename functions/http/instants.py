"""Instants as clients write them: RFC 3339 with a time zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

INSTANT_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$"
INSTANT_SCHEMA = {"type": "string", "format": "date-time", "pattern": INSTANT_PATTERN}
INSTANT_RULE = "must be an instant with a time zone, such as 2026-11-25T09:30:00Z"
# Every instant of the service's, with room around them for milliseconds.
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)


def read_instant(text: object) -> datetime:
    """Return an instant in UTC; raise ValueError with the rule that the text does not follow.

    What is earlier or later than any instant of the service's is moved to the earliest or the latest.
    """
    if not isinstance(text, str) or not re.fullmatch(INSTANT_PATTERN, text, re.ASCII):
        raise ValueError(INSTANT_RULE)
    try:
        return max(EARLIEST, min(datetime.fromisoformat(text).astimezone(UTC), LATEST))
    except OverflowError:
        # The first and the last hours of all years, in another time zone.
        return EARLIEST if text < "2" else LATEST
    except ValueError:
        raise ValueError(INSTANT_RULE) from None


Instant = Annotated[datetime, BeforeValidator(read_instant), WithJsonSchema(INSTANT_SCHEMA)]
"""A field of a body."""
