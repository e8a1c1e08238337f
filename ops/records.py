"""A list of records for a terminal: a table where it fits, else one block for each record; and long lines.

Nothing is broken within a word: an ID that is broken in two cannot be copied.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

_NARROWEST = 20
_MARGIN = "  "
_GAP = "; "


@dataclass(frozen=True, slots=True)
class Records:
    """Rows of texts under titles. An empty cell says nothing, and a block leaves it out."""

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table, or the blocks where a terminal is narrower than the table."""
        if self._width() <= options.max_width:
            yield self._table()
            return
        if self.title:
            yield Text(self.title, style="italic")
        for row in self.rows:
            yield from self._block(row, options.max_width)

    def _width(self) -> int:
        cells = [max(map(cell_len, column)) for column in zip(self.titles, *self.rows, strict=True)]
        return sum(cells) + 2 * (len(cells) - 1)

    def _table(self) -> Table:
        table = Table(title=self.title or None, title_justify="left", box=None, pad_edge=False)
        for name in self.titles:
            table.add_column(name, no_wrap=True, overflow="ignore")
        for row in self.rows:
            table.add_row(*map(Text, row))
        return table

    def _block(self, row: Sequence[str], width: int) -> Iterator[Text]:
        """Yield the first cell as a heading, and the others with their titles, as many to a line as fit."""
        yield Text(row[0], style="bold", no_wrap=True, overflow="ignore")
        line = _MARGIN
        for name, value in zip(self.titles[1:], row[1:], strict=True):
            if not value:
                continue
            field = f"{name}: {value}"
            if line != _MARGIN and cell_len(line) + cell_len(_GAP) + cell_len(field) > width:
                yield _line(line)
                line = _MARGIN
            line += field if line == _MARGIN else f"{_GAP}{field}"
            if cell_len(line) > width:
                yield from map(_line, _wrapped(line, width))
                line = _MARGIN
        if line != _MARGIN:
            yield _line(line)


@dataclass(frozen=True, slots=True)
class Hanging:
    """A text that is broken between words alone; its further lines begin under a column."""

    text: Text
    column: int = 0

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines."""
        indent = " " * self.column
        for line in self.text.split("\n", allow_blank=True):
            first, *others = line.divide(self._breaks(line.plain, options.max_width))
            yield _whole(first)
            yield from (_whole(Text(indent) + each) for each in others)

    def _breaks(self, text: str, width: int) -> list[int]:
        found: list[int] = []
        start, room = 0, width
        for word in re.finditer(r"\S+", text):
            if cell_len(text[start : word.end()]) > room and text[start : word.start()].strip():
                start, room = word.start(), max(width - self.column, _NARROWEST)
                found.append(start)
        return found


def _whole(line: Text) -> Text:
    line.rstrip()
    line.no_wrap, line.overflow = True, "ignore"
    return line


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(
        line.strip(),
        max(width, _NARROWEST),
        initial_indent=_MARGIN,
        subsequent_indent=_MARGIN * 2,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _line(text: str) -> Text:
    return Text(text, no_wrap=True, overflow="ignore")
