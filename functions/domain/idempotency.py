"""Idempotency keys: at most one order for a key, however often it is posted."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from functions.domain.problem import FieldError, Problem

IDEMPOTENCY_KEY_HEADER = "idempotency-key"
IDEMPOTENCY_KEY_PATTERN = r"^[\x21-\x7e]{1,255}$"
_VISIBLE_ASCII = re.compile(IDEMPOTENCY_KEY_PATTERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRecord:
    """What is remembered of the first request with a key.

    `enqueued` turns true once the queue has the order: until then a repetition sends it again.
    """

    request_id: str
    fingerprint: str
    received_at: str
    enqueued: bool


def check_idempotency_key(key: str | None) -> str | None:
    """Return the key as it is, or raise a 400 that names the rule."""
    if key is None or _VISIBLE_ASCII.fullmatch(key):
        return key
    message = "must have 1 to 255 visible ASCII characters"
    raise Problem(
        HTTPStatus.BAD_REQUEST,
        f"The header {IDEMPOTENCY_KEY_HEADER} {message}.",
        errors=[FieldError(IDEMPOTENCY_KEY_HEADER, message)],
    )


def record_key(client_id: str, idempotency_key: str) -> str:
    """Return the table's key for a client's idempotency key, apart from every other client's."""
    # Quoting keeps the separator out of the client's ID, so no two pairs share a record.
    return f"{quote(client_id, safe=':/@')}#{idempotency_key}"


def fingerprint(payload: dict[str, Any]) -> str:
    """Return a digest that is equal for equal payloads, whatever their key order and white space."""
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
