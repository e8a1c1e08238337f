"""The command line of what posts orders to see whether a stack works."""

from __future__ import annotations

from ops.api import TOKEN_VARIABLE
from ops.options import Commands, add_command, number_of_seconds
from ops.smoke import smoke
from ops.verify.command import verify

_SMOKE_SECONDS = 180
_VERIFY_SECONDS = 300


def add_smoke(commands: Commands) -> None:
    """Add `smoke`."""
    parser = add_command(
        commands,
        "smoke",
        smoke,
        summary="post one order, wait until its webhooks have the event, and trace it",
        more="The request is signed with your AWS credentials (iam), has your token (jwt), or is anonymous "
        "(none). With a real payment provider it takes a real payment of 1.00 EUR. Exits with 1 unless each "
        "of the caller's webhooks has the event in time. Those that are paused or not confirmed are not "
        "waited for, but at least one must have it.",
        examples="  python -m ops --laptop smoke\n"
        '  python -m ops --laptop smoke --client shop      after make local ARGS="--client shop"\n'
        '  python -m ops --stack dev smoke --token "$TOKEN"',
    )
    parser.add_argument("--client", metavar="CLIENT_ID", help="as this client (api.auth: none)")
    parser.add_argument("--token", help=f"the JWT for a stack with api.auth: jwt (or set {TOKEN_VARIABLE})")
    parser.add_argument("--payment-method", default="pm_card_visa", help="default: %(default)s")
    parser.add_argument(
        "--timeout-seconds",
        type=number_of_seconds,
        default=_SMOKE_SECONDS,
        help="how long to wait (default: %(default)s)",
    )


def add_verify(commands: Commands) -> None:
    """Add `verify`."""
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
        type=number_of_seconds,
        default=_VERIFY_SECONDS,
        help="how long to wait for SNS (default: %(default)s)",
    )
