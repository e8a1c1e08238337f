"""What the commands' parsers have in common."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from ops.instants import read_span
from ops.report import Report
from ops.target import Target

Command = Callable[[Target, argparse.Namespace], Report]


class Commands(Protocol):
    """What argparse's `add_subparsers` returns, which has no public name."""

    def add_parser(self, name: str, **settings: Any) -> argparse.ArgumentParser:  # noqa: ANN401 - argparse's
        """Add a command and return its parser."""


EXIT_CODES = """exit codes:
  0  all is well, or what was asked for is done
  1  something wants attention, or nothing was found
  2  the command was not said right
  3  the stack, or AWS, cannot be reached or refuses"""
_WIDTH = 90


def add_target_options(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """Let the stack be named before the command, or `again` after it, where it overrides nothing unsaid."""
    nothing = argparse.SUPPRESS if again else None
    unset = argparse.SUPPRESS if again else False
    named = parser.add_argument_group("the stack").add_mutually_exclusive_group()
    add = named.add_argument
    add("--stack", metavar="NAME", default=nothing, help="a stack of Pulumi's, such as prod")
    outputs = "its outputs, from `pulumi stack output --json`"
    add("--outputs", metavar="FILE", type=Path, default=nothing, help=outputs)
    add("--laptop", action="store_true", default=unset, help="what `make local` runs on this machine")
    parser.add_argument("--json", action="store_true", default=unset, help="for programs")


def add_command(
    commands: Commands,
    name: str,
    run: Command,
    *,
    summary: str,
    more: str,
    examples: str,
) -> argparse.ArgumentParser:
    """Add a command, with help that teaches: what it is for, examples, exit codes."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=textwrap.fill(f"{summary[0].upper()}{summary[1:]}. {more}", _WIDTH),
        epilog=f"examples:\n{examples}\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_target_options(parser, again=True)
    parser.set_defaults(command=run)
    return parser


def length_of_time(text: str) -> timedelta:
    """Read an argument such as 30m, 12h or 7d."""
    try:
        return read_span(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
