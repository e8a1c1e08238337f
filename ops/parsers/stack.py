"""The command line of what concerns a stack as a whole."""

from __future__ import annotations

from ops.console.command import console
from ops.dead_letters.command import dead_letters
from ops.dead_letters.messages import DEAD_LETTER_QUEUES
from ops.function_log import logs
from ops.options import Commands, add_command, number_of_rows, point_in_time, port_number
from ops.status.command import status

_RECORDS_SHOWN = 100


def add_status(commands: Commands) -> None:
    """Add `status`."""
    add_command(
        commands,
        "status",
        status,
        summary="show the stack's state: API, queues, webhooks, alarms, failed executions",
        more="Exits with 1 if something needs attention, so a deployment can stop on it.",
        examples="  python -m ops --laptop status\n  python -m ops --stack prod status --json",
    )


def add_dead_letters(commands: Commands) -> None:
    """Add `dead-letters`."""
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


def add_logs(commands: Commands) -> None:
    """Add `logs`."""
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
    add(
        "--limit", type=number_of_rows, default=_RECORDS_SHOWN, help="how many to show (default: %(default)s)"
    )


def add_console(commands: Commands) -> None:
    """Add `console`."""
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
    parser.add_argument(
        "--port", type=port_number, default=0, help="the port on 127.0.0.1 (default: a free one)"
    )
    parser.add_argument("--read-only", action="store_true", help="hide every button that changes something")
