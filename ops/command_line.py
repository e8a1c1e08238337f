"""The command line: commands, options and their help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from datetime import timedelta

from ops.api import TOKEN_VARIABLE
from ops.console.command import console
from ops.dead_letters.command import dead_letters
from ops.dead_letters.messages import DEAD_LETTER_QUEUES
from ops.delivery_parsers import add_deliveries, add_recover, add_webhooks
from ops.function_log import logs
from ops.options import (
    EXIT_CODES,
    Commands,
    add_command,
    add_target_options,
    length_of_time,
    point_in_time,
)
from ops.orders.command import orders
from ops.orders.listing import STATUSES
from ops.redeliver import redeliver
from ops.redrive import redrive
from ops.smoke import smoke
from ops.status.command import status
from ops.trace.command import trace
from ops.verify.command import verify

_EXAMPLES = """examples:
  python -m ops --laptop status              the stack that `make local` runs
  python -m ops --stack prod trace 0Ab1cD=   what happened to this order?
  python -m ops COMMAND --help               a command's options and examples

"""

_DAY = timedelta(days=1)
_SMOKE_SECONDS = 180
_ORDERS_SHOWN = 20
_VERIFY_SECONDS = 300
_RECORDS_SHOWN = 100
# API Gateway's request IDs have sixteen characters, and one in sixty-four begins like an option.
_LIKE_AN_OPTION = re.compile(r"-[\w+/-]{14}=")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments: `command`, the target's options, and the command's own."""
    odd = [each for each in arguments if _LIKE_AN_OPTION.fullmatch(each)]
    others = [each for each in arguments if each not in odd]
    return make_parser().parse_args([*others, *(["--", *odd] if odd else [])])


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the commands."""
    parser = argparse.ArgumentParser(
        prog="python -m ops",
        description="Operate a stack: show its state, trace an order, redeliver events, redrive executions.",
        epilog=_EXAMPLES + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_target_options(parser)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")
    _add_looking(commands)
    _add_orders(commands)
    add_webhooks(commands)
    add_deliveries(commands)
    _add_redeliver(commands)
    add_recover(commands)
    _add_redrive(commands)
    _add_dead_letters(commands)
    _add_logs(commands)
    _add_smoke(commands)
    _add_console(commands)
    _add_verify(commands)
    return parser


def _add_looking(commands: Commands) -> None:
    add_command(
        commands,
        "status",
        status,
        summary="show the stack's state: API, queues, webhooks, alarms, failed executions",
        more="Exits with 1 if something needs attention, so a deployment can stop on it.",
        examples="  python -m ops --laptop status\n  python -m ops --stack prod status --json",
    )
    tracing = add_command(
        commands,
        "trace",
        trace,
        summary="show what happened to one order, from the request to its webhooks' responses",
        more="Includes every retry with its error, where the order is now, and what happens next and when. "
        "Several orders with one reference are listed. A note explains what is missing.",
        examples="  python -m ops --laptop trace EUrFYqQ4LXdiTGs=\n"
        "  python -m ops --laptop trace PO-1001\n"
        "  python -m ops --stack prod trace EUrFYqQ4LXdiTGs= --since 14d   a refused or old order",
    )
    tracing.add_argument(
        "id",
        metavar="ID",
        help="the request ID from the 202, with or without its =, a reference, an event ID, or the ID of an "
        "SNS or SQS message",
    )
    tracing.add_argument(
        "--since",
        type=length_of_time,
        default=_DAY,
        metavar="SPAN",
        help="how far to search the logs for an order that is not in the table (30m, 12h, 7d; default: 1d)",
    )


def _add_orders(commands: Commands) -> None:
    parser = add_command(
        commands,
        "orders",
        orders,
        summary="list the newest orders, and the totals by status and currency",
        more="With --reference, list the orders that have it, of every client.",
        examples="  python -m ops --stack prod orders --since 1d --status paid\n"
        "  python -m ops --stack prod orders --client 123456789012:role/Shop --limit 100\n"
        "  python -m ops --laptop orders --reference PO-1001",
    )
    add = parser.add_argument
    since = "only orders created within this time (30m, 12h, 7d; default: 1d)"
    add("--since", type=length_of_time, default=_DAY, metavar="SPAN", help=since)
    add("--status", choices=STATUSES, help="only orders with this status")
    add("--client", metavar="CLIENT_ID", help="only orders of this client")
    add("--reference", help="only orders with this reference, however old")
    add("--limit", type=int, default=_ORDERS_SHOWN, help="how many to list (default: %(default)s)")


def _add_redeliver(commands: Commands) -> None:
    parser = add_command(
        commands,
        "redeliver",
        redeliver,
        summary="publish an order's event again",
        more="It does what POST /orders/{request_id}/redeliver does for the order's client. The event keeps "
        "its ID, so that a receiver recognises a duplicate.",
        examples="  python -m ops --stack prod redeliver EUrFYqQ4LXdiTGs=\n"
        "  python -m ops --stack prod redeliver EUrFYqQ4LXdiTGs= --webhook wh_1f0c",
    )
    parser.add_argument(
        "request_id", metavar="REQUEST_ID", help="the order of this request ID, or of this event or message"
    )
    parser.add_argument("--webhook", metavar="WEBHOOK_ID", help="publish to this webhook only")


def _add_redrive(commands: Commands) -> None:
    parser = add_command(
        commands,
        "redrive",
        redrive,
        summary="list failed executions, or redrive them from the state that failed",
        more="Without a REQUEST_ID or --all it only lists them. Fix the cause first. No payment is taken "
        "twice.",
        examples="  python -m ops --stack prod redrive                      list what failed\n"
        "  python -m ops --stack prod redrive EUrFYqQ4LXdiTGs=\n"
        "  python -m ops --stack prod redrive --all --since 2h\n"
        "  python -m ops --stack prod redrive --dead-letters      orders-dead-letters back to orders",
    )
    parser.add_argument(
        "request_ids", nargs="*", metavar="REQUEST_ID", help="redrive these orders' executions"
    )
    parser.add_argument("--all", action="store_true", help="redrive every execution that failed or timed out")
    parser.add_argument(
        "--since",
        type=length_of_time,
        metavar="SPAN",
        help="only executions that stopped within this time (30m, 2h, 7d; default: 14d)",
    )
    parser.add_argument(
        "--dead-letters",
        action="store_true",
        help="instead, move the messages on orders-dead-letters back to orders",
    )


def _add_dead_letters(commands: Commands) -> None:
    parser = add_command(
        commands,
        "dead-letters",
        dead_letters,
        summary="list the messages on every dead-letter queue with their reasons; redrive or remove some",
        more="Listing hides the messages from other readers for a moment and leaves them where they are. "
        "Exits with 1 if there are any.",
        examples="  python -m ops --stack prod dead-letters\n"
        "  python -m ops --stack prod dead-letters --queue orders-dead-letters --redrive MESSAGE_ID\n"
        "  python -m ops --stack prod dead-letters --queue orders-dead-letters --remove MESSAGE_ID",
    )
    add = parser.add_argument
    add("--queue", choices=list(DEAD_LETTER_QUEUES), help="only this queue")
    name = "MESSAGE_ID"
    add("--redrive", nargs="+", metavar=name, help="send these back to the queue that they came from")
    add("--remove", nargs="+", metavar=name, help="delete these messages for good")


def _add_logs(commands: Commands) -> None:
    parser = add_command(
        commands,
        "logs",
        logs,
        summary="show the newest log records of a function, of order-workflow, or of api-access",
        more="Lambda's own START, END and REPORT are left out.",
        examples="  python -m ops --stack prod logs accept-order --errors --since 1h\n"
        "  python -m ops --stack prod logs process-payment --request EUrFYqQ4LXdiTGs=\n"
        "  python -m ops --laptop logs redeliver",
    )
    add = parser.add_argument
    add("function", metavar="FUNCTION", help="such as accept-order; a wrong name lists all")
    since = "only records since then: a length of time before now (30m, 12h, 7d) or a time; default: 1h"
    add("--since", type=point_in_time, default="1h", metavar="WHEN", help=since)
    add("--request", dest="request_id", metavar="REQUEST_ID", help="only records with this ID")
    add("--errors", action="store_true", help="only records of what failed")
    add("--limit", type=int, default=_RECORDS_SHOWN, help="how many to show (default: %(default)s)")


def _add_console(commands: Commands) -> None:
    parser = add_command(
        commands,
        "console",
        console,
        summary="serve the web console on this machine, until Ctrl-C",
        more="It prints a URL with a token, and uses your AWS credentials. `make local` serves one of its "
        "own, with a page to try the service.",
        examples="  python -m ops --stack prod console --read-only\n"
        "  python -m ops --laptop console --port 9000",
    )
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--read-only", action="store_true", help="hide every button that changes something")


def _add_smoke(commands: Commands) -> None:
    parser = add_command(
        commands,
        "smoke",
        smoke,
        summary="post one order, wait until its webhooks have the event, and trace it",
        more="The request is signed with your AWS credentials (iam), has your token (jwt), or is anonymous "
        "(none). With a real payment provider it takes a real payment of 1.00 EUR.",
        examples='  python -m ops --laptop smoke\n  python -m ops --stack dev smoke --token "$TOKEN"',
    )
    parser.add_argument("--token", help=f"the JWT for a stack with api.auth: jwt (or set {TOKEN_VARIABLE})")
    parser.add_argument("--payment-method", default="pm_card_visa", help="default: %(default)s")
    parser.add_argument(
        "--timeout-seconds",
        type=float,
        default=_SMOKE_SECONDS,
        help="how long to wait (default: %(default)s)",
    )


def _add_verify(commands: Commands) -> None:
    parser = add_command(
        commands,
        "verify",
        verify,
        summary="find out what SNS, API Gateway and CloudWatch do where no documentation says it",
        more="For a stack with diagnostics: true. Registers webhooks that answer with 200, 301, 404, 429, "
        "503 and not at all, posts an order, and reports what was retried, logged and dead-lettered. It puts "
        "one alarm into ALARM, which notifies its recipients. Afterwards it removes what it created. Takes "
        "two to five minutes and costs cents.",
        examples="  python -m ops --laptop verify\n  python -m ops --stack dev verify --json",
    )
    parser.add_argument("--token", help=f"the JWT for a stack with api.auth: jwt (or set {TOKEN_VARIABLE})")
    parser.add_argument("--no-alarm", action="store_true", help="leave the alarms alone")
    parser.add_argument(
        "--timeout-seconds",
        type=float,
        default=_VERIFY_SECONDS,
        help="how long to wait for SNS (default: %(default)s)",
    )
