"""`trace REQUEST_ID`: what happened to one order, as one timeline."""

from __future__ import annotations

from argparse import Namespace

from ops.errors import NothingFound
from ops.report import Report
from ops.target import Target
from ops.trace.reading import read_sources
from ops.trace.sources import Sources
from ops.trace.timeline import build_timeline, notes_of
from ops.trace.view import document, render


def trace(target: Target, options: Namespace) -> Report:
    """Trace an order; raise `NothingFound` if no source has it."""
    return tell(read_sources(target, options.request_id, options.since), target)


def tell(sources: Sources, target: Target) -> Report:
    """Return the report of an order's timeline."""
    if sources.is_empty:
        raise NothingFound(
            f"{target.name} has no order {sources.request_id}. Is it the right stack? An order that was "
            "refused more than a day ago needs --since 14d, and logs that are still retained."
        )
    entries, notes = build_timeline(sources), notes_of(sources)
    return Report(document=document(sources, entries, notes), views=render(sources, entries, notes))
