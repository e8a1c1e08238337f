"""One entry of a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

# `retry`: it failed and is tried again. `waiting`: it has not ended yet.
Mark = Literal["ok", "retry", "waiting", "failed"]
LONGEST_LINE = 160
LONGEST_RESPONSE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What happened, when and where; `details` are for `--json`."""

    time: datetime
    where: str
    what: str
    mark: Mark = "ok"
    details: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return JSON-able data."""
        return {
            "time": self.time,
            "where": self.where,
            "what": self.what,
            "mark": self.mark,
            **({"details": dict(self.details)} if self.details else {}),
        }


def answer_text(status: int | None, response: str) -> str:
    """Return a webhook's answer, such as "503 (maintenance)", its response cut where it is long."""
    answered = str(status) if status else "no answer"
    said = first_line(response, LONGEST_RESPONSE)
    return f"{answered} ({said})" if said else answered


def last_line(text: object) -> str:
    """Return the last line of a text, which in a traceback is the error; "" where there is none."""
    lines = str(text or "").strip().splitlines()
    return lines[-1].strip() if lines else ""


def first_line(text: str, longest: int = LONGEST_LINE) -> str:
    """Return the first line of a text, cut where it is too long to read."""
    line = text.strip().splitlines()[0] if text.strip() else ""
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
