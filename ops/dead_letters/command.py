"""`dead-letters`: every dead-letter queue's messages with their reasons; redrive or remove some."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from functions.domain.instant import timestamp
from ops.dead_letters.letter import DeadLetter
from ops.dead_letters.messages import (
    DEAD_LETTER_QUEUES,
    MOST_READ,
    read_dead_letters,
    redrive_dead_letters,
    remove_dead_letters,
)
from ops.errors import ATTENTION, OK, UsageError
from ops.records import Records
from ops.report import Report
from ops.target import Target


def dead_letters(target: Target, options: Namespace) -> Report:
    """List the messages, or act on those that the options name."""
    if options.redrive and options.remove:
        raise UsageError("Pass --redrive or --remove, not both.")
    if options.redrive:
        done = redrive_dead_letters(target, _queue(options), options.redrive)
        return _changed("redriven", done, options.redrive)
    if options.remove:
        done = remove_dead_letters(target, _queue(options), options.remove)
        return _changed("removed", done, options.remove)
    queues = [options.queue] if options.queue else list(DEAD_LETTER_QUEUES)
    found = [letter for queue in queues for letter in read_dead_letters(target, queue)]
    notes = [
        f"{number:,} messages of {queue} were read: there may be more."
        for queue, number in Counter(each.queue for each in found).items()
        if number >= MOST_READ
    ]
    return Report(
        document={"dead_letters": [_document(each) for each in found], "notes": notes},
        views=[*_views(found), *(Text(f"note: {each}", style="dim") for each in notes)],
        code=ATTENTION if found else OK,
    )


def _queue(options: Namespace) -> str:
    if options.queue is None:
        raise UsageError("Name the queue of the messages: --queue NAME.")
    return str(options.queue)


def _changed(what: str, done: Sequence[str], wanted: Sequence[str]) -> Report:
    missing = [each for each in wanted if each not in done]
    views = [f"{each}: {what}." for each in done]
    views += [f"{each}: not on the queue, or hidden by another reader for a minute." for each in missing]
    return Report(
        document={what: list(done), "missing": missing}, views=views, code=ATTENTION if missing else OK
    )


def _document(letter: DeadLetter) -> dict[str, Any]:
    return {**asdict(letter), "reason": letter.why}


def _views(found: Sequence[DeadLetter]) -> list[RenderableType]:
    if not found:
        return ["The dead-letter queues are empty."]
    rows = [(each.message_id, each.queue, timestamp(each.sent_at), each.why, each.about) for each in found]
    table = Records(("message ID", "queue", "since", "reason", "order or event"), rows, "Dead letters")
    views: list[RenderableType] = [table]
    for each in found:
        views += [Text(f"\n{each.message_id}", style="bold"), Text(each.body)]
    return views
