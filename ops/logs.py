"""The stack's CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from functions.domain.log_record import LogField
from functions.domain.resource_id import is_resource_id
from ops.instants import from_milliseconds, read_instant, to_milliseconds
from ops.json_object import read_object
from ops.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One structured log record; `group` is the log group's name in the outputs."""

    time: datetime
    group: str
    fields: Mapping[str, Any]

    @property
    def began_at(self) -> datetime:
        """When the invocation began: the record is written at its end."""
        return self.time - timedelta(milliseconds=self.duration_ms)

    @property
    def duration_ms(self) -> float:
        """How long the invocation took, in milliseconds."""
        return float(self.get(LogField.DURATION_MS) or 0)

    def get(self, name: LogField) -> Any:  # noqa: ANN401 - any JSON value
        """Return a field, or None."""
        return self.fields.get(name)


class Logs:
    """Finds structured lines: by CloudWatch's filter, and once more by our own, since a pattern is a hint."""

    def __init__(self, target: Target) -> None:
        self._client = target.client("logs")
        self._names: Mapping[str, str] = target.output("log_group_names")

    def of_function(
        self,
        function: str,
        fields: Mapping[LogField, Iterable[str]],
        start: datetime,
        end: datetime | None = None,
    ) -> list[LogLine]:
        """Return the lines of a function, or a workflow, in which one of the fields has one of its values.

        Raises KeyError where the stack has no such log.
        """
        wanted = {name: set(values) for name, values in fields.items()}
        found = self.of_group(self._names[function], _pattern(wanted), start, end)
        return [
            LogLine(time=_time_of(fields, time), group=function, fields=fields)
            for time, fields in found
            if not wanted or any(fields.get(name) in values for name, values in wanted.items())
        ]

    def of_group(
        self, group: str, pattern: str, start: datetime, end: datetime | None = None
    ) -> list[tuple[datetime, dict[str, Any]]]:
        """Return what is JSON of a log group's events, in the order of their times."""
        pages = self._client.get_paginator("filter_log_events").paginate(
            logGroupName=group,
            startTime=max(0, to_milliseconds(start)),
            **({"endTime": to_milliseconds(end)} if end else {}),
            **({"filterPattern": pattern} if pattern else {}),
        )
        try:
            events = [event for page in pages for event in page["events"]]
        except self._client.exceptions.ResourceNotFoundException:
            # SNS makes its groups when it first has something to write.
            return []
        read = ((from_milliseconds(event["timestamp"]), read_object(event["message"])) for event in events)
        return sorted(((time, document) for time, document in read if document), key=_first)


def can_be_logged(text: str) -> bool:
    """Whether a text can be an ID, and part of a log's filter pattern."""
    return is_resource_id(text) and text.isprintable() and not set(text) & set('"\\ ')


def pattern_of(conditions: Iterable[tuple[str, str]]) -> str:
    """Return a filter pattern for JSON events in which one of the conditions, a path and a value, holds.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    """
    terms = [f'({path} = "{value}")' for path, value in conditions]
    return f"{{ {' || '.join(terms)} }}" if terms else ""


def _pattern(wanted: Mapping[LogField, set[str]]) -> str:
    return pattern_of((f"$.{name}", value) for name, values in wanted.items() for value in sorted(values))


def _first(pair: tuple[datetime, Any]) -> datetime:
    return pair[0]


def _time_of(fields: Mapping[str, Any], logged_at: datetime) -> datetime:
    # The line's own time is when it was written; the event's may be when a batch of them was.
    try:
        return read_instant(fields[LogField.TIMESTAMP])
    except (KeyError, TypeError, ValueError, AttributeError):
        return logged_at
