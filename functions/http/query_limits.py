"""What a list's query parameters may be, for the functions and for the OpenAPI document."""

from __future__ import annotations

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
MAX_CURSOR_LENGTH = 1_024
# RFC 3339, with a time zone.
INSTANT_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$"
