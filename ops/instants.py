"""Instants and lengths of time, in the formats of the sources and for display."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_SPAN = re.compile(r"(\d{1,4})([mhd])")
_SECONDS_PER_MINUTE = 60
_SECONDS_PER_HOUR = 3_600
_SECONDS_PER_DAY = 86_400


def read_instant(text: str) -> datetime:
    """Read a timestamp: RFC 3339, or as Powertools and SNS write it. One without a zone is UTC."""
    normal = text.strip().replace(",", ".")
    instant = datetime.fromisoformat(normal)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def from_milliseconds(milliseconds: float) -> datetime:
    """Return the instant so many milliseconds after 1970 began."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def to_milliseconds(instant: datetime) -> int:
    """Return the milliseconds from the beginning of 1970 to an instant."""
    return int(instant.timestamp() * 1000)


def read_span(text: str) -> timedelta:
    """Read a length of time such as 30m, 12h or 7d; raise ValueError for anything else."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a length of time such as 30m, 12h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def is_span(text: str) -> bool:
    """Return whether a text has the form of a length of time."""
    return _SPAN.fullmatch(text) is not None


def instant_of(when: datetime | timedelta, now: datetime) -> datetime:
    """Return an instant as it is, and of a length of time the instant that is so long before now."""
    return now - when if isinstance(when, timedelta) else when


def moment(instant: datetime, now: datetime) -> str:
    """Return an instant with its zone and its distance, such as "2026-11-27 08:10:00 UTC (12 min ago)"."""
    seconds = (instant - now).total_seconds()
    distance = f"in {span(seconds)}" if seconds > 0 else f"{span(-seconds)} ago"
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC ({distance})"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedText:
    """A sentence, with an instant after `before` where it has one: each display has its own format for it."""

    before: str
    at: datetime | None = None
    after: str = ""

    def written(self, now: datetime) -> str:
        """Return it for a terminal."""
        return f"{self.before}{f' {moment(self.at, now)}' if self.at else ''}{self.after}"


def span(seconds: float) -> str:
    """Return a length of time for display, such as "320 ms", "4.2 s", "12 min" or "2 h 5 min"."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _SECONDS_PER_MINUTE:
        return f"{seconds:.1f} s"
    if seconds < _SECONDS_PER_HOUR:
        return f"{seconds / _SECONDS_PER_MINUTE:.0f} min"
    if seconds < 2 * _SECONDS_PER_DAY:
        hours, rest = divmod(seconds, _SECONDS_PER_HOUR)
        minutes = int(rest // _SECONDS_PER_MINUTE)
        return f"{int(hours)} h" + (f" {minutes} min" if minutes else "")
    return f"{seconds / _SECONDS_PER_DAY:.1f} days"
