"""The command line of what concerns orders and their executions."""

from __future__ import annotations

from datetime import timedelta

from functions.domain.order import ORDER_STATUSES
from ops.options import Commands, add_command, length_of_time, number_of_rows, searched_text
from ops.orders.command import orders
from ops.redrive import redrive
from ops.trace.command import trace

_DAY = timedelta(days=1)
_ORDERS_SHOWN = 20


def add_trace(commands: Commands) -> None:
    """Add `trace`."""
    parser = add_command(
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
    parser.add_argument(
        "id",
        metavar="ID",
        type=searched_text,
        help="the request ID from the 202, with or without its =, a reference, an event ID, or the ID of an "
        "SNS or SQS message",
    )
    parser.add_argument(
        "--since",
        type=length_of_time,
        default=_DAY,
        metavar="SPAN",
        help="how far to search the logs for an order that is not in the table (30m, 12h, 7d; default: 1d)",
    )


def add_orders(commands: Commands) -> None:
    """Add `orders`."""
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
    add("--status", choices=ORDER_STATUSES, help="only orders with this status")
    add("--client", metavar="CLIENT_ID", help="only orders of this client")
    add("--reference", help="only orders with this reference, however old")
    add("--limit", type=number_of_rows, default=_ORDERS_SHOWN, help="how many to list (default: %(default)s)")


def add_redrive(commands: Commands) -> None:
    """Add `redrive`."""
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
