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
from local.sns.behaviour import CLIENT_ERRORS, LOG_ENTRIES, SnsBehaviour
from ops.encoding import substitute_symbols

EMULATOR_PORT = 4566
RECEIVER_PORT = 8765
CONSOLE_PORT = 8799

_HIGHEST_SPEED = 10_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C, or with --once until the first webhook is checked; return the exit code."""
    substitute_symbols()
    options = _parser().parse_args(arguments)
    # SIGTERM and a closed terminal must clean up as Ctrl-C does.
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
            sns=_sns_behaviour(options),
            payment=options.payment,
            console_port=options.console_port,
            has_console=not (options.once or options.no_console),
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
        # With --once, Ctrl-C means that the check did not finish; otherwise it is the way to stop.
        screen.show_stopped()
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
        description="Run Order Webhooks on this machine: deploy the Pulumi program to an emulator of AWS.",
        epilog="With make: make local ARGS='--fail-times 2'. To see three days of redelivery in minutes: "
        "make local ARGS='--fail-times -1 --speed 1000'.",
    )
    add = parser.add_argument
    default = "(default: %(default)s)"
    port = f"if it is taken, a free one {default}"
    add("--once", action="store_true", help="send one order, check its webhook, and stop (for CI)")
    add("--port", type=int, default=EMULATOR_PORT, help=f"the emulator's port; {port}")
    add("--receiver-port", type=int, default=RECEIVER_PORT, help=f"the receiver's port; {port}")
    add("--console-port", type=int, default=CONSOLE_PORT, help=f"the web console's port; {port}")
    add("--no-console", action="store_true", help="do not serve the web console")
    add(
        "--fail-times",
        type=int,
        default=0,
        help=f"deliveries that fail first; -1: all {default}",
    )
    add("--fail-status", type=int, default=503, help=f"HTTP status of a failed delivery {default}")
    add("--speed", type=_speed, default=1.0, help=f"let time pass so many times as fast {default}")
    add("--payment", choices=["simulated", "stripe"], default="simulated", help=f"payment provider {default}")
    _add_sns_options(parser)
    return parser


def _add_sns_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what AWS leaves undocumented about SNS")
    default = SnsBehaviour()
    group.add_argument(
        "--sns-4xx",
        choices=CLIENT_ERRORS,
        default=default.client_errors,
        help="what a 4xx counts as: delivered, failed, or failed with a dead letter (default: %(default)s)",
    )
    group.add_argument(
        "--sns-log",
        choices=LOG_ENTRIES,
        default=default.log_entries,
        help="one log entry per delivery or per attempt (default: %(default)s)",
    )
    group.add_argument("--sns-429-final", action="store_true", help="429 is not retried")
    group.add_argument("--sns-no-query", action="store_true", help="log entries leave out the URL's query")


def _sns_behaviour(options: argparse.Namespace) -> SnsBehaviour:
    return SnsBehaviour(
        client_errors=options.sns_4xx,
        log_entries=options.sns_log,
        retries_429=not options.sns_429_final,
        destination_query=not options.sns_no_query,
    )


def _speed(text: str) -> float:
    speed = float(text)
    if not 1 <= speed <= _HIGHEST_SPEED:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {_HIGHEST_SPEED}")
    return speed


if __name__ == "__main__":
    # Without a terminal, each line must still appear at once.
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
