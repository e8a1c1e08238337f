"""How long a page and a cursor may be, for the functions and for the OpenAPI document."""

from __future__ import annotations

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
MAX_CURSOR_LENGTH = 1_024
