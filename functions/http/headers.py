"""The names of our own request headers."""

from __future__ import annotations

CLIENT_ID_HEADER = "x-client-id"
IDEMPOTENCY_KEY_HEADER = "idempotency-key"
