"""`trace ID`: what happened to one order, as one timeline."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from ops.errors import NothingFound
from ops.logs import can_be_logged
from ops.orders.listed_order import ListedOrder
from ops.orders.search import find, request_ids_of
from ops.orders.view import records_of_orders
from ops.report import Report
from ops.target import Target
from ops.trace.reading import read_sources
from ops.trace.sources import Sources
from ops.trace.timeline import build_timeline, notes_of
from ops.trace.view import document, render


def trace(target: Target, options: Namespace) -> Report:
    """Trace the order of a request ID, a reference, an event ID or a message ID; list several orders.

    Raises `NothingFound` if no source has it.
    """
    found = find(target, options.id, options.since)
    if len(found) > 1:
        return _several(found, options.id)
    if found:
        return report_order(read_sources(target, found[0].request_id, options.since), target)
    return _without_record(target, options.id, options.since)


def report_order(sources: Sources, target: Target) -> Report:
    """Return the report of an order's timeline."""
    entries, notes = build_timeline(sources), notes_of(sources)
    if not entries:
        raise NothingFound(_nothing(target, sources.request_id))
    return Report(document=document(sources, entries, notes), views=render(sources, entries, notes))


def _without_record(target: Target, text: str, since: timedelta) -> Report:
    """Trace a request that the table has no order of: it was refused, or waits for its execution."""
    if can_be_logged(text):
        for request_id in request_ids_of(text):
            sources = read_sources(target, request_id, since)
            if build_timeline(sources):
                return report_order(sources, target)
    raise NothingFound(_nothing(target, text))


def _nothing(target: Target, text: str) -> str:
    return (
        f"{target.name} has no order with the request ID, reference, event ID or message ID {text}. Is it "
        "the right stack? An order that was refused more than a day ago, and an SQS message's ID, need "
        "--since 14d, and logs that are still retained."
    )


def _several(found: Sequence[ListedOrder], text: str) -> Report:
    title = f"{len(found)} orders have {text}: trace one of them by its request ID."
    return Report(
        document={"orders": [asdict(each) for each in found]}, views=[title, records_of_orders(found, "")]
    )
