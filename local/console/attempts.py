"""The attempts at a webhook, from the file in which the emulator's SNS records each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from ops.console.attempts import Attempt
from ops.instants import read_instant
from ops.trace.deliveries import place_of, webhook_of
from ops.trace.entry import Mark
from ops.trace.events import publications
from ops.trace.sources import Sources

_MARKS: Mapping[str, Mark] = {"delivered": "ok", "retry": "retry"}


class AttemptFile:
    """Reads the file as it grows. AWS logs an attempt later, and never says when the next one is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_bytes = 0
        self._by_message: dict[str, list[dict[str, Any]]] = {}
        self._lock = Lock()

    def attempts(self, sources: Sources) -> Sequence[Attempt]:
        """Return the attempts to deliver an order's events, by time."""
        with self._lock:
            self._read_new()
            lines = [
                line
                for each in publications(sources)
                for line in self._by_message.get(each.sns_message_id, [])
            ]
        found = [_attempt(line, sources) for line in lines]
        return sorted(found, key=lambda each: each.started_at)

    def _read_new(self) -> None:
        for line in self._new_lines():
            self._by_message.setdefault(str(line["message_id"]), []).append(line)

    def _new_lines(self) -> Iterator[dict[str, Any]]:
        try:
            with self._path.open("rb") as file:
                file.seek(self._read_bytes)
                content = file.read()
        except FileNotFoundError:
            return
        whole = content[: content.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        yield from (json.loads(line) for line in whole.splitlines())


def _attempt(line: Mapping[str, Any], sources: Sources) -> Attempt:
    started_at = read_instant(line["time"])
    next_at = line["next_attempt_time"]
    return Attempt(
        webhook_id=webhook_of(line["endpoint"], sources.webhooks),
        place=place_of(line["endpoint"]),
        started_at=started_at,
        ended_at=started_at + timedelta(milliseconds=line["duration_ms"]),
        number=line["attempt"],
        status=line["status_code"],
        mark=_MARKS.get(line["verdict"], "failed"),
        next_at=read_instant(next_at) if next_at else None,
    )
