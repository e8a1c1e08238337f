"""Run the whole service on this machine: `make local`, or `python -m local`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from local.api_calls import JourneyError
from local.command_line import parse
from local.first_order import send_first_order
from local.guide import show_guide
from local.laptop import Laptop, LaptopError
from local.machine import explain_disk
from local.screen import Screen, quoted
from ops.encoding import substitute_symbols
from ops.laptops import find_runs


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C, or with --once until the first webhook is checked; return the exit code."""
    substitute_symbols()
    options = parse(arguments)
    if options.list:
        return _list()
    # SIGTERM and a closed terminal must clean up as Ctrl-C does.
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    screen = Screen()
    laptop = Laptop(options.laptop, screen)
    try:
        with laptop:
            if options.once:
                return 0 if send_first_order(laptop, screen, once=True) else 1
            _send_first_order(laptop, screen)
            show_guide(laptop, screen)
            laptop.wait_until_stopped()
    except KeyboardInterrupt:
        # With --once, Ctrl-C means that the check did not finish; otherwise it is the way to stop.
        screen.show_stopped()
        return 130 if options.once else 0
    except (LaptopError, JourneyError) as error:
        screen.fail(str(error), laptop.keep_logs())
        return 1
    return 0


def _send_first_order(laptop: Laptop, screen: Screen) -> None:
    """Send the order, and keep everything running where that fails: its cause can then be looked for."""
    try:
        send_first_order(laptop, screen, once=False)
    except JourneyError as error:
        screen.fail(f"{error}{explain_disk(laptop.work_directory)}", laptop.work_directory)


def _list() -> int:
    runs = find_runs()
    for run in runs:
        print(f"http://127.0.0.1:{run.port}: {run.describe()}, {quoted(run.directory)}")
    if not runs:
        print("Nothing is running: `make local` starts it.")
    return 0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    # Without a terminal, each line must still appear at once.
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
