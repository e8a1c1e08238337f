"""The whole timeline, as a pure function of what was read."""

from __future__ import annotations

from ops.trace.deliveries import delivery_entries, delivery_notes
from ops.trace.entry import Entry
from ops.trace.events import event_entries
from ops.trace.following import record_notes
from ops.trace.history import history_entries
from ops.trace.intake import intake_entries
from ops.trace.sources import Sources
from ops.trace.statuses import status_entries
from ops.trace.steps import step_entries


def build_timeline(sources: Sources) -> list[Entry]:
    """Return the order's timeline."""
    steps = [entry for each in sources.executions for entry in history_entries(each)]
    if not any(execution.events for execution in sources.executions):
        steps = list(step_entries(sources))
    entries = [
        *intake_entries(sources),
        *status_entries(sources),
        *event_entries(sources),
        *steps,
        *delivery_entries(sources),
    ]
    # In the same millisecond: a function writes its line before the step ends that ran it.
    return sorted(entries, key=lambda entry: entry.time)


def notes_of(sources: Sources) -> list[str]:
    """Return notes on what the sources lack."""
    return list(dict.fromkeys([*record_notes(sources), *sources.notes, *delivery_notes(sources)]))
