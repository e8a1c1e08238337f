"""The command line of what concerns webhooks and their deliveries."""

from __future__ import annotations

from typing import get_args

from functions.domain.webhook import WebhookStatus
from ops.attempt_log.choice import STATUSES
from ops.attempt_log.command import deliveries
from ops.options import Commands, add_command, number_of_rows, number_of_seconds, point_in_time
from ops.recover import recover
from ops.redeliver import redeliver
from ops.webhooks.command import webhooks

_DELIVERIES_SHOWN = 20
_SINCE = "a length of time before now (30m, 12h, 7d) or a time (2026-11-27T09:30:00Z)"


def add_webhooks(commands: Commands) -> None:
    """Add `webhooks`."""
    parser = add_command(
        commands,
        "webhooks",
        webhooks,
        summary="list the webhooks with their health: which are failing or unconfirmed, and why",
        more="Those that need attention come first, with the oldest event that waits for them. Exits with 1 "
        "if there are any.",
        examples="  python -m ops --stack prod webhooks\n"
        "  python -m ops --stack prod webhooks --client 123456789012:role/Shop\n"
        "  python -m ops --laptop webhooks --status failing",
    )
    add = parser.add_argument
    add("--client", metavar="CLIENT_ID", help="only webhooks of this client")
    add("--webhook", metavar="WEBHOOK_ID", help="only this webhook")
    add("--status", choices=get_args(WebhookStatus), help="only webhooks with this status")


def add_deliveries(commands: Commands) -> None:
    """Add `deliveries`."""
    parser = add_command(
        commands,
        "deliveries",
        deliveries,
        summary="list deliveries: what webhooks answered, and when each event is sent next",
        more="Without --webhook or --client, it lists what is not delivered of every webhook. --summary "
        "prints a text that can be sent to the client.",
        examples="  python -m ops --stack prod deliveries --since 7d --status dead\n"
        "  python -m ops --stack prod deliveries --webhook wh_1f0c --attempts\n"
        "  python -m ops --stack prod deliveries --client 123456789012:role/Shop --since 1d --summary",
    )
    add = parser.add_argument
    add("--webhook", metavar="WEBHOOK_ID", help="only deliveries to this webhook")
    add("--client", metavar="CLIENT_ID", help="only deliveries to webhooks of this client")
    add("--status", choices=STATUSES, help="only deliveries with this status")
    since = f"only of events since then: {_SINCE}; default: 1d"
    add("--since", type=point_in_time, default="1d", metavar="WHEN", help=since)
    add(
        "--limit",
        type=number_of_rows,
        default=_DELIVERIES_SHOWN,
        help="how many to list (default: %(default)s)",
    )
    add("--attempts", action="store_true", help="show each attempt with its response")
    add("--summary", action="store_true", help="print counts and missed events as a text for the client")


def add_redeliver(commands: Commands) -> None:
    """Add `redeliver`."""
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


def add_recover(commands: Commands) -> None:
    """Add `recover`."""
    parser = add_command(
        commands,
        "recover",
        recover,
        summary="send a webhook again what it has missed since a time, the oldest event first",
        more="It does what POST /webhooks/{webhook_id}/recover does for the webhook's client. Delivered "
        "events are left alone. With --job it shows how far a recovery has come.",
        examples="  python -m ops --stack prod recover wh_1f0c --since 1d\n"
        "  python -m ops --stack prod recover wh_1f0c --since 2026-11-26T00:00:00Z --wait-seconds 120\n"
        "  python -m ops --stack prod recover wh_1f0c --job 4f1e6d0c",
    )
    add = parser.add_argument
    add("webhook", metavar="WEBHOOK_ID", help="the webhook that has missed events")
    add("--since", type=point_in_time, metavar="WHEN", help=f"events since then: {_SINCE}")
    add("--until", type=point_in_time, metavar="WHEN", help="and before then (default: now)")
    add("--job", metavar="JOB_ID", help="show this recovery instead of starting one")
    waiting = "wait so long until it is done (default: %(default)s)"
    add("--wait-seconds", type=number_of_seconds, default=0, metavar="SECONDS", help=waiting)
