"""Run the whole service on this machine: `make local`, or `python -m local`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from local.journey import JourneyError
from local.laptop import Laptop, LaptopError
from local.laptop_options import LaptopOptions
from local.screen import Screen

EMULATOR_PORT = 4566
RECEIVER_PORT = 8765

_HIGHEST_SPEED = 10_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C, or with --once until the first webhook is checked; return the exit code."""
    options = _parser().parse_args(arguments)
    # A stop by the system, or of the terminal, must clean up as Ctrl-C does.
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    screen = Screen()
    laptop = Laptop(
        LaptopOptions(
            emulator_port=options.port,
            receiver_port=options.receiver_port,
            fail_status=options.fail_status,
            fail_times=options.fail_times,
            speed=options.speed,
            payment=options.payment,
        ),
        screen,
    )
    try:
        with laptop:
            laptop.send_first_order()
            if not options.once:
                screen.explain(laptop)
                laptop.wait_until_stopped()
    except KeyboardInterrupt:
        # In the middle of the start it is a failure for whoever waits for --once, else the way to stop.
        screen.say_goodbye()
        return 130 if options.once else 0
    except (LaptopError, JourneyError) as error:
        screen.fail(str(error), laptop.keep_logs())
        return 1
    return 0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make local",
        description="Run Order Webhooks on this machine: the same Pulumi program, on an embedded cloud.",
        epilog="Through make: make local ARGS='--fail-times 2', or all that happens in three days, sped up: "
        "make local ARGS='--fail-times -1 --speed 1000'",
    )
    add = parser.add_argument
    add("--once", action="store_true", help="send one order, check its webhook, and stop (for CI)")
    add("--port", type=int, default=EMULATOR_PORT, help="of the emulator, if free (default: %(default)s)")
    add("--receiver-port", type=int, default=RECEIVER_PORT, help="of the receiver, if free (%(default)s)")
    add("--fail-times", type=int, default=0, help="let the receiver fail so many deliveries first; -1: all")
    add("--speed", type=_speed, default=1.0, help="divide every wait of delivery and redelivery by this")
    add("--payment", choices=["simulated", "stripe"], default="simulated", help="who takes the payments")
    add("--fail-status", type=int, default=503, help="what it answers when it fails (default: %(default)s)")
    return parser


def _speed(text: str) -> float:
    speed = float(text)
    if not 1 <= speed <= _HIGHEST_SPEED:
        raise argparse.ArgumentTypeError(f"a number from 1 to {_HIGHEST_SPEED}")
    return speed


if __name__ == "__main__":
    # Whoever pipes the screen wants each line as it comes.
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
