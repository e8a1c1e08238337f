"""Run the sample webhook server: `python -m receiver --help`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from .hooks import FailurePlan
from .seen import SeenEvents
from .seen_in_sqlite import SeenInSqlite
from .server import SampleServer
from .sources import SigningAuthority
from .trust import Trust
from .webhook_ids import webhook_ids_in

_logger = logging.getLogger("receiver")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s  %(message)s", stream=sys.stdout)
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        trust, plan = _trust(options), _plan(options)
        server = SampleServer(
            dict.fromkeys(options.hook or ["orders"], trust),
            host=options.host,
            port=options.port,
            make_seen=_make_seen(options.seen_directory),
        )
    except (ValueError, OSError) as error:
        parser.error(str(error))
    server.plan(plan)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with server:
        for hook in options.hook or ["orders"]:
            _logger.info("ready: %s", server.hook_url(hook))
        _logger.info("see %s/_received; stop with Ctrl-C", server.url)
        stop.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}", description="Receive webhooks, show them, fail on demand."
    )
    add = parser.add_argument
    add("--client-id", required=True, help="your client ID: every other client's events are refused")
    add("--topic-arn", action="append", required=True, help="a topic to accept (repeat for more)")
    ids = parser.add_mutually_exclusive_group(required=True)
    ids.add_argument("--webhook-id", action="append", help="a webhook to confirm (repeat for more)")
    ids.add_argument(
        "--webhook-ids-file", type=Path, help="a file with their IDs, one a line, read for each handshake"
    )
    add("--hook", action="append", help="the name in /hooks/<name> (repeat for more; default: orders)")
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=8080, help="0 takes a free one (default: %(default)s)")
    add("--seen-directory", type=Path, help="remember handled events there, over restarts")
    add("--minimum-signature-version", type=int, choices=(1, 2), default=2)
    add("--fail-status", type=int, default=200, help="answer deliveries with this status")
    add("--fail-times", type=int, help="so many times (default: always)")
    add("--delay-seconds", type=float, default=0.0, help="wait before answering")
    local = parser.add_argument_group("an emulator's SNS", "trust it beside AWS; all three or none")
    local.add_argument("--certificate-origin", help="such as https://localhost:4443")
    local.add_argument("--ca-file", type=Path, help="the certificate authority of that origin")
    local.add_argument("--confirmation-origin", help="such as http://127.0.0.1:4566")
    return parser


def _trust(options: argparse.Namespace) -> Trust:
    local = (options.certificate_origin, options.ca_file, options.confirmation_origin)
    if any(local) and not all(local):
        raise ValueError("--certificate-origin, --ca-file and --confirmation-origin go together")
    return Trust(
        client_id=options.client_id,
        topic_arns=set(options.topic_arn),
        webhook_ids=options.webhook_id or webhook_ids_in(options.webhook_ids_file),
        minimum_signature_version=options.minimum_signature_version,
        authority=SigningAuthority(
            certificate_origin=options.certificate_origin,
            ca_file=options.ca_file,
            confirmation_origin=options.confirmation_origin,
        )
        if all(local)
        else None,
    )


def _plan(options: argparse.Namespace) -> FailurePlan:
    return FailurePlan(
        status=options.fail_status, times=options.fail_times, delay_seconds=options.delay_seconds
    )


def _make_seen(directory: Path | None) -> Callable[[str], SeenEvents] | None:
    if directory is None:
        return None
    directory.mkdir(parents=True, exist_ok=True)
    return lambda hook: SeenInSqlite(directory / f"{hook}.sqlite3")


if __name__ == "__main__":
    raise SystemExit(main())
