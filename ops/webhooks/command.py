"""`webhooks`: every webhook's status and, where it is not active, the reason."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from ops.errors import ATTENTION, OK
from ops.report import Report
from ops.target import Target
from ops.webhooks.reading import WebhookHealth, read_webhooks
from ops.webhooks.view import document_of, records_of


def webhooks(target: Target, options: Namespace) -> Report:
    """List webhooks, those that need attention first."""
    found = read_webhooks(target, client_id=options.client, webhook_id=options.webhook)
    chosen = [each for each in found if options.status in (None, each.webhook.status)]
    return Report(
        document={"webhooks": [document_of(each) for each in chosen], "counts": _counts(found)},
        views=_views(found, chosen, target.now()),
        code=ATTENTION if any(each.needs_attention for each in chosen) else OK,
    )


def _views(
    found: Sequence[WebhookHealth], chosen: Sequence[WebhookHealth], now: datetime
) -> list[RenderableType]:
    if not found:
        return ["No webhook is registered."]
    counts = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in _counts(found).items())
    views: list[RenderableType] = [Text(f"Webhooks: {counts}.", style="bold")]
    return [*views, records_of(chosen, now)] if chosen else views


def _counts(found: Sequence[WebhookHealth]) -> dict[str, int]:
    return dict(Counter(each.webhook.status for each in found))
