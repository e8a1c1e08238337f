"""Idempotency keys: at most one order for a key, however often it is posted."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

IDEMPOTENCY_KEY_PATTERN = r"^[\x21-\x7e]{1,255}$"
_VISIBLE_ASCII = re.compile(IDEMPOTENCY_KEY_PATTERN)


class InvalidIdempotencyKey(ValueError):  # noqa: N818 - reads as what it is
    """A key has characters or a length that it must not have; the message names the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRecord:
    """What is remembered of the first request with a key.

    `enqueued` turns true once the queue has the order: until then a repetition sends it again.
    """

    request_id: str
    fingerprint: str
    received_at: str
    enqueued: bool


def check_idempotency_key(key: str) -> str:
    """Return an idempotency key that a client has chosen; raise `InvalidIdempotencyKey`."""
    if not _VISIBLE_ASCII.fullmatch(key):
        raise InvalidIdempotencyKey("must have 1 to 255 visible ASCII characters")
    return key


def record_key(client_id: str, idempotency_key: str) -> str:
    """Return the table's key for a client's idempotency key, apart from every other client's."""
    # Quoting keeps the separator out of the client's ID, so no two pairs share a record.
    return f"{quote(client_id, safe=':/@')}#{idempotency_key}"


def fingerprint(payload: dict[str, Any]) -> str:
    """Return a digest that is equal for equal payloads, whatever their key order and white space."""
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
