"""What the commands' parsers have in common."""

from __future__ import annotations

import argparse
import math
import textwrap
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from ops.instants import is_span, read_instant, read_span
from ops.report import Report
from ops.target import Target

Command = Callable[[Target, argparse.Namespace], Report]


class Commands(Protocol):
    """What argparse's `add_subparsers` returns, which has no public name."""

    def add_parser(self, name: str, **settings: Any) -> argparse.ArgumentParser:  # noqa: ANN401 - argparse's
        """Add a command and return its parser."""


EXIT_CODES = """exit codes:
  0  success: done, or nothing needs attention
  1  something needs attention, or what is named does not exist
  2  the command line, or a file that it names, is wrong
  3  the stack or AWS cannot be reached, or refused a call"""
_WIDTH = 90
_MOST_ROWS = 1_000_000
_HIGHEST_PORT = 65_535


def add_target_options(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """Accept the stack's name before the command, or `again` after it without resetting the first."""
    nothing = argparse.SUPPRESS if again else None
    unset = argparse.SUPPRESS if again else False
    named = parser.add_argument_group("the stack").add_mutually_exclusive_group()
    add = named.add_argument
    add("--stack", metavar="NAME", default=nothing, help="a Pulumi stack, such as prod")
    outputs = "a file with its outputs, from `pulumi stack output --json`"
    add("--outputs", metavar="FILE", type=Path, default=nothing, help=outputs)
    add("--laptop", action="store_true", default=unset, help="the stack that `make local` runs")
    port = "the same where several run: the one whose emulator has this port"
    add("--laptop-port", metavar="PORT", type=port_number, default=nothing, help=port)
    parser.add_argument("--json", action="store_true", default=unset, help="print JSON")


def add_command(
    commands: Commands,
    name: str,
    run: Command,
    *,
    summary: str,
    more: str,
    examples: str,
) -> argparse.ArgumentParser:
    """Add a command whose help has examples and exit codes."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=textwrap.fill(
            f"{summary[0].upper()}{summary[1:]}. {more}", _WIDTH, break_on_hyphens=False
        ),
        epilog=f"examples:\n{examples}\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_target_options(parser, again=True)
    parser.set_defaults(command=run)
    return parser


def number_of_rows(text: str) -> int:
    """Read how many to list: a number from 1."""
    return whole_number(text, 1, _MOST_ROWS, f"a number from 1 to {_MOST_ROWS}")


def port_number(text: str) -> int:
    """Read a port: a number from 1 to 65535."""
    return whole_number(text, 1, _HIGHEST_PORT, f"a port, a number from 1 to {_HIGHEST_PORT}")


def number_of_seconds(text: str) -> float:
    """Read how long to wait: a number from 0."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds")
    return seconds


def whole_number(text: str, lowest: int, highest: int | None, rule: str) -> int:
    """Read a number within bounds; an error says that the text is not what `rule` says."""
    try:
        number = int(text)
    except ValueError:
        number = lowest - 1
    if number < lowest or (highest is not None and number > highest):
        raise argparse.ArgumentTypeError(f"{text} is not {rule}")
    return number


def searched_text(text: str) -> str:
    """Read what is searched for: anything but nothing."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text.strip()


def point_in_time(text: str) -> datetime | timedelta:
    """Read an argument such as 2026-11-27T09:30:00Z, or 30m, 12h or 7d for so long before now.

    Which clock has this now is the command's to know: `instant_of`.
    """
    if is_span(text):
        return length_of_time(text)
    try:
        return read_instant(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a length of time such as 30m, 12h or 7d nor a time such as "
            "2026-11-27T09:30:00Z"
        ) from None


def length_of_time(text: str) -> timedelta:
    """Read an argument such as 30m, 12h or 7d."""
    try:
        length = read_span(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if not length:
        raise argparse.ArgumentTypeError(f"{text} is no length of time: the shortest is 1m")
    return length
