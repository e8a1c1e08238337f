"""The command line: what can be said, and help that teaches it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from datetime import timedelta

from ops.api import TOKEN_VARIABLE
from ops.options import EXIT_CODES, Commands, add_command, add_target_options, length_of_time
from ops.redeliver import redeliver
from ops.redrive import redrive
from ops.smoke import smoke
from ops.status.command import status
from ops.trace.command import trace
from ops.undelivered import undelivered

_EXAMPLES = """examples:
  python -m ops --laptop status              the stack that `make local` runs
  python -m ops --stack prod trace 0Ab1cD=   where is this order?
  python -m ops --stack prod undelivered     what have webhooks not taken?
  python -m ops COMMAND --help               more of each

"""

_DAY = timedelta(days=1)
_SMOKE_SECONDS = 180
# API Gateway's request IDs have sixteen characters, and one in sixty-four begins like an option.
_LIKE_AN_OPTION = re.compile(r"-[\w+/-]{14}=")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what was said: `command`, the target's options, and the command's own."""
    odd = [each for each in arguments if _LIKE_AN_OPTION.fullmatch(each)]
    others = [each for each in arguments if each not in odd]
    return make_parser().parse_args([*others, *(["--", *odd] if odd else [])])


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the commands."""
    parser = argparse.ArgumentParser(
        prog="python -m ops",
        description="Operate a stack: see how it is, find an order, repair what was left behind.",
        epilog=_EXAMPLES + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_target_options(parser)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")
    _add_looking(commands)
    _add_redeliver(commands)
    _add_redrive(commands)
    _add_smoke(commands)
    return parser


def _add_looking(commands: Commands) -> None:
    add_command(
        commands,
        "status",
        status,
        summary="show how the stack is: API, queues, webhooks, alarms, failed executions",
        more="Ends with 1 where something wants attention: it can guard a deployment.",
        examples="  python -m ops --laptop status\n  python -m ops --stack prod status --json",
    )
    tracing = add_command(
        commands,
        "trace",
        trace,
        summary="tell one order's story, from its acceptance to the answers of its webhooks",
        more="Every retry is in it with its error. Where a source has nothing, a note says why.",
        examples="  python -m ops --laptop trace EUrFYqQ4LXdiTGs=\n"
        "  python -m ops --stack prod trace EUrFYqQ4LXdiTGs= --since 14d   a refused or very old one",
    )
    tracing.add_argument("request_id", metavar="REQUEST_ID", help="from the 202, or from apigw-requestid")
    tracing.add_argument(
        "--since",
        type=length_of_time,
        default=_DAY,
        metavar="SPAN",
        help="how far to look back for an order that has no record (30m, 12h, 7d; default: 1d)",
    )
    waiting = add_command(
        commands,
        "undelivered",
        undelivered,
        summary="list the events that webhooks have not taken: waiting, and given up",
        more="Looking changes nothing: no event is delayed, hastened or counted by it.",
        examples="  python -m ops --stack prod undelivered --client 123456789012:role/Shop",
    )
    waiting.add_argument("--client", help="only those of this client")


def _add_redeliver(commands: Commands) -> None:
    parser = add_command(
        commands,
        "redeliver",
        redeliver,
        summary="give events that were given up their whole schedule again",
        more="Or, with a REQUEST_ID, publish that order's event once more, as POST "
        "/orders/{request_id}/redeliver does for its client. The event's ID stays the same, so that a "
        "receiver knows what it has had.",
        examples="  python -m ops --stack prod redeliver --client 123456789012:role/Shop\n"
        "  python -m ops --stack prod redeliver EUrFYqQ4LXdiTGs= --webhook wh_1f0c",
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "request_id", nargs="?", metavar="REQUEST_ID", help="publish this order's event again"
    )
    chosen.add_argument("--client", help="what was given up of this client")
    chosen.add_argument("--event", help="what was given up under this event ID")
    chosen.add_argument("--all", action="store_true", help="everything that was given up")
    parser.add_argument("--webhook", metavar="WEBHOOK_ID", help="with a REQUEST_ID: to this webhook alone")


def _add_redrive(commands: Commands) -> None:
    parser = add_command(
        commands,
        "redrive",
        redrive,
        summary="list failed executions, and let them go on where they failed",
        more="Without a choice it only lists. Cure the cause first. No payment is taken twice.",
        examples="  python -m ops --stack prod redrive                      what has failed?\n"
        "  python -m ops --stack prod redrive EUrFYqQ4LXdiTGs=\n"
        "  python -m ops --stack prod redrive --all --since 2h\n"
        "  python -m ops --stack prod redrive --dead-letters      orders-dead-letters back to orders",
    )
    parser.add_argument(
        "request_ids", nargs="*", metavar="REQUEST_ID", help="redrive these orders' executions"
    )
    parser.add_argument("--all", action="store_true", help="redrive all that failed or timed out")
    parser.add_argument(
        "--since",
        type=length_of_time,
        metavar="SPAN",
        help="only what stopped within this (30m, 2h, 7d; default: 14d)",
    )
    parser.add_argument(
        "--dead-letters",
        action="store_true",
        help="instead, move what is on orders-dead-letters back to orders",
    )


def _add_smoke(commands: Commands) -> None:
    parser = add_command(
        commands,
        "smoke",
        smoke,
        summary="post one order, wait for its end and its webhooks, and tell its story",
        more="The order is the caller's: signed with your AWS credentials (iam), with your token (jwt), or "
        "anonymous (none). A real payment provider takes a real payment of 1.00 EUR.",
        examples='  python -m ops --laptop smoke\n  python -m ops --stack dev smoke --token "$TOKEN"',
    )
    parser.add_argument("--token", help=f"the JWT of a stack that wants one (or in {TOKEN_VARIABLE})")
    parser.add_argument("--payment-method", default="pm_card_visa", help="default: %(default)s")
    parser.add_argument(
        "--timeout-seconds",
        type=float,
        default=_SMOKE_SECONDS,
        help="how long to wait (default: %(default)s)",
    )
