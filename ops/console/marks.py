"""The colours of statuses, and the addresses of pages."""

from __future__ import annotations

from urllib.parse import quote

_MARKS = {
    "paid": "ok",
    "delivered": "ok",
    "active": "ok",
    "declined": "retry",
    "retrying": "retry",
    "owed": "retry",
    "paused": "retry",
    "unsubscribed": "failed",
    "pending": "waiting",
    "pending_confirmation": "waiting",
    "failed": "failed",
    "failing": "failed",
    "dead": "failed",
    "disabled": "failed",
}


def status_mark(status: str) -> str:
    """Return a status's mark."""
    return _MARKS.get(status, "waiting")


def order_link(request_id: str) -> str:
    """Return the address of an order's page: a request ID may contain a slash."""
    return f"/order?id={quote(request_id, safe='')}"


def webhook_link(webhook_id: str) -> str:
    """Return the address of a webhook's page."""
    return f"/webhook?id={quote(webhook_id, safe='')}"
