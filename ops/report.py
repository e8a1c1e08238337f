"""A command's result, as text and as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

from functions.domain.instant import timestamp
from ops.errors import OK
from ops.records import Hanging

# For a pipe or a file, which have no width.
_FILE_WIDTH = 1_000


@dataclass(frozen=True, kw_only=True)
class Report:
    """A command's result: `document` for `--json`, `views` for the terminal, and the exit code."""

    document: Any
    views: Sequence[RenderableType] = field(default_factory=tuple)
    code: int = OK


def show(report: Report, *, as_json: bool) -> None:
    """Print a report to standard output."""
    if as_json:
        print(as_text(report.document))  # noqa: T201 - JSON, which a console would wrap
        return
    console = terminal()
    for view in report.views:
        text = Text(view) if isinstance(view, str) else view
        # Between words only: an ID that is broken in two cannot be copied.
        console.print(Hanging(text) if isinstance(text, Text) else text, crop=False)


def terminal(*, stderr: bool = False) -> Console:
    """Return standard output or error; with NO_COLOR set, nothing is styled: https://no-color.org."""
    plain: Any = {"color_system": None} if os.environ.get("NO_COLOR") else {}
    console = Console(highlight=False, stderr=stderr, **plain)
    # Neither wraps what is written to a pipe or a file.
    return (
        console
        if console.is_terminal
        else Console(highlight=False, stderr=stderr, width=_FILE_WIDTH, **plain)
    )


def as_text(document: Any) -> str:  # noqa: ANN401 - any JSON-able value
    """Return JSON, with instants as the service writes them."""
    return json.dumps(document, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return timestamp(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
