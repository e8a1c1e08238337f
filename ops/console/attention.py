"""What needs an operator's attention, with the page that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ops.console.marks import webhook_link
from ops.status.facts import Status
from ops.tables import KnownWebhook

# A page of the console, by the section of the runbook that a concern names.
_PAGES = {
    "orders-dead-letters": "/stuck",
    "undelivered-unreadable": "/stuck",
    "record-deliveries-unreadable": "/stuck",
    "executions-failed": "/stuck",
    "orders-wait": "/orders?status=pending",
}
_RUNBOOK = re.compile(r"docs/runbook\.md#([\w-]+)")
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A sentence; without an `href` the runbook says more than the console."""

    text: str
    href: str = ""


def concerns_of(status: Status, dead: int, most_dead: int) -> list[Concern]:
    """Return everything that needs attention; `dead` deliveries were counted, `most_dead` at most."""
    return [
        *map(_of_status, status.concerns()),
        *_dead(dead, most_dead),
        *_webhooks(status.failing, "fail or are disabled"),
        *_webhooks(status.pending, "have not confirmed their subscription"),
    ]


def _of_status(text: str) -> Concern:
    section = _RUNBOOK.search(text)
    href = _PAGES.get(section[1], "") if section else ""
    return Concern(text=text.partition(": docs/")[0] if href else text, href=href)


def _dead(dead: int, most: int) -> Iterator[Concern]:
    if dead:
        count = f"{most} deliveries or more" if dead >= most else f"{dead} deliveries"
        yield Concern(text="1 delivery is dead" if dead == 1 else f"{count} are dead", href="/stuck")


def _webhooks(webhooks: Sequence[KnownWebhook], what: str) -> Iterator[Concern]:
    for each in webhooks[:_MOST_NAMED]:
        status = each.status.replace("_", " ")
        yield Concern(
            text=f"{each.shown_url} of {each.client_id}: {status}", href=webhook_link(each.webhook_id)
        )
    if len(webhooks) > _MOST_NAMED:
        yield Concern(text=f"{len(webhooks) - _MOST_NAMED} more webhooks {what}", href="/webhooks")
