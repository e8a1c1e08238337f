"""The command line of `make local`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, get_args
from urllib.parse import urlsplit

from functions.domain.client import ANONYMOUS
from functions.domain.payment import PaymentProvider
from local.laptop_options import ALWAYS, LaptopOptions, OwnWebhook
from local.sns.behaviour import CLIENT_ERRORS, LOG_ENTRIES, SnsBehaviour
from ops.options import port_number, whole_number

EMULATOR_PORT = 4566
RECEIVER_PORT = 8765
CONSOLE_PORT = 8799

_HIGHEST_SPEED = 10_000
# A client's name is also that of its webhook at the receiver, and part of the URL.
_CLIENT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_WEBHOOK = re.compile(r"(?:(?P<client>[A-Za-z0-9_-]{1,64})=)?(?P<url>https?://.+)")
_EXAMPLES = """examples:
  make local ARGS=--once                              check one webhook and stop
  make local ARGS="--fail-times 2"                    watch two retries
  make local ARGS="--fail-times -1 --speed 1000"      three days of redelivery in minutes
  make local ARGS="--client shop --webhook shop=http://127.0.0.1:9001/hooks"
                                                      call your own service as well
exit codes: 0 done, 1 a step failed or, with --once, the webhook was not delivered, 2 wrong option"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print one line, without the usage of all options, and exit with 2."""
        self.exit(2, f"{self.prog}: {message}\n")


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return `once`, `list`, and `laptop`, the `LaptopOptions`; exit with 2 for a wrong argument."""
    parser = _make_parser()
    options = parser.parse_args(arguments)
    clients = tuple(options.client)
    if repeated := next((each for each in clients if clients.count(each) > 1), None):
        parser.error(f"argument --client: {repeated} is named twice")
    webhooks = []
    for client_id, url in options.webhook:
        owner = client_id or (clients[0] if clients else ANONYMOUS)
        if owner not in (clients or (ANONYMOUS,)):
            parser.error(f"argument --webhook: name its client as well: --client {owner}")
        webhooks.append(OwnWebhook(client_id=owner, url=url))
    options.laptop = LaptopOptions(
        emulator_port=options.port,
        receiver_port=options.receiver_port,
        fail_status=options.fail_status,
        fail_times=options.fail_times,
        speed=options.speed,
        sns=_sns_behaviour(options),
        payment=options.payment,
        clients=clients,
        webhooks=tuple(webhooks),
        receiver_folder=options.receiver_folder,
        more=options.more,
        console_port=options.console_port,
        has_console=not (options.once or options.no_console),
    )
    return options


def _make_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="make local",
        description="Run Order Webhooks on this machine: deploy the Pulumi program to an emulator of AWS.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    default = "(default: %(default)s)"
    port = f"if it is in use, a free one {default}"
    add("--once", action="store_true", help="send one order, check its webhook, and stop (for CI)")
    add("--list", action="store_true", help="list what `make local` runs on this machine now, and stop")
    add("--more", action="store_true", help="show more commands to try")
    add("--port", type=port_number, default=EMULATOR_PORT, help=f"the emulator's port; {port}")
    add("--receiver-port", type=port_number, default=RECEIVER_PORT, help=f"the receiver's port; {port}")
    add("--console-port", type=port_number, default=CONSOLE_PORT, help=f"the web console's port; {port}")
    add("--no-console", action="store_true", help="do not serve the web console")
    add("--client", type=_client, action="append", default=[], metavar="NAME", help=_CLIENT_HELP)
    add("--webhook", type=_webhook, action="append", default=[], metavar="[NAME=]URL", help=_WEBHOOK_HELP)
    add("--receiver-folder", type=_folder, metavar="FOLDER", help=_FOLDER_HELP)
    add("--fail-times", type=_fail_times, default=0, help=f"deliveries that fail first; -1: all {default}")
    add("--fail-status", type=_status, default=503, help=f"HTTP status of a failed delivery {default}")
    add("--speed", type=_speed, default=1.0, help=f"divide all retry and redelivery delays by this {default}")
    providers = get_args(PaymentProvider)
    add("--payment", choices=providers, default="simulated", help=f"payment provider {default}")
    _add_sns_options(parser)
    return parser


_CLIENT_HELP = "a client with a webhook at the receiver; repeat for more (default: one, anonymous)"
_WEBHOOK_HELP = (
    "the URL of your own receiver, registered for the client NAME, else for the first, when it answers; "
    "repeat for more"
)
_FOLDER_HELP = "your own receiver's folder, for receiver.json and webhook-ids.txt (default: the run's folder)"


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


def _fail_times(text: str) -> int:
    return whole_number(text, ALWAYS, None, "a number of deliveries; -1 means all")


def _status(text: str) -> int:
    return whole_number(text, 300, 599, "the HTTP status of a failure, a number from 300 to 599")


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0
    if not 1 <= speed <= _HIGHEST_SPEED:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to {_HIGHEST_SPEED}")
    return speed


def _client(text: str) -> str:
    if not _CLIENT.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a name of letters, digits, - and _, 64 at most")
    return text


def _folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return Path(text)


def _webhook(text: str) -> tuple[str | None, str]:
    found = _WEBHOOK.fullmatch(text)
    try:
        usable = found is not None and bool(urlsplit(found["url"]).hostname)
    except ValueError:
        usable = False
    if found is None or not usable:
        raise argparse.ArgumentTypeError(f"{text!r} is not a URL that begins with http:// or https://")
    return found["client"], found["url"]
