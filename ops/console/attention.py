"""What needs an operator's attention, with the page that shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ops.console.marks import webhook_link
from ops.status.facts import Status

# A page of the console, by the section of the runbook that a concern names.
_PAGES = {
    "orders-dead-letters": "/stuck",
    "undelivered-unreadable": "/stuck",
    "record-deliveries-unreadable": "/stuck",
    "executions-failed": "/stuck",
    "deliveries-dead": "/stuck",
    "orders-wait": "/orders?status=pending",
}
_OF_A_WEBHOOK = "webhooks-that-fail"
_RUNBOOK = re.compile(r"docs/runbook\.md#([\w-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A sentence; without an `href` the runbook says more than the console."""

    text: str
    href: str = ""


def concerns_of(status: Status) -> list[Concern]:
    """Return everything that needs attention."""
    return [_concern(each) for each in status.concerns()]


def _concern(text: str) -> Concern:
    found = _RUNBOOK.search(text)
    section = found[1] if found else ""
    # It begins with the webhook's ID.
    href = webhook_link(text.partition(" ")[0]) if section == _OF_A_WEBHOOK else _PAGES.get(section, "")
    return Concern(text=text.partition(": docs/")[0] if href else text, href=href)
