"""The operator's commands: `python -m ops --help`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import boto3
from rich.console import Console
from rich.table import Table

from ops.dead_webhooks import DeadEvent, DeadWebhooks


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    outputs = json.loads(options.outputs.read_text())
    dead = DeadWebhooks(_sqs(options), outputs["dead_webhooks_queue_url"], outputs["undelivered_queue_url"])
    run: Callable[[DeadWebhooks, argparse.Namespace], int] = options.run
    return run(dead, options)


def _list(dead: DeadWebhooks, options: argparse.Namespace) -> int:
    events = list(dead.events())
    for event in events:
        dead.show_again(event)
    if options.json:
        keys = ("client_id", "event_type", "event_id", "request_id", "dead_since")
        print(json.dumps([{key: getattr(event, key) for key in keys} for event in events], indent=2))  # noqa: T201
        return 0
    table = Table("client", "event", "order", "event ID", "dead since", title="Dead webhooks")
    for event in events:
        table.add_row(event.client_id, event.event_type, event.request_id, event.event_id, event.dead_since)
    Console().print(table if events else "No event has been given up.")
    return 0


def _replay(dead: DeadWebhooks, options: argparse.Namespace) -> int:
    replayed = 0
    # All of them first: one that is shown again too early would be received twice.
    for event in list(dead.events()):
        if _is_wanted(event, options):
            dead.replay(event)
            replayed += 1
        else:
            dead.show_again(event)
    Console().print(f"{replayed} events go to their webhooks again.")
    return 0 if replayed else 1


def _is_wanted(event: DeadEvent, options: argparse.Namespace) -> bool:
    by_client = options.client is None or event.client_id == options.client
    by_event = options.event is None or event.event_id == options.event
    return by_client and by_event


def _sqs(options: argparse.Namespace) -> Any:  # noqa: ANN401 - boto3's own type
    if options.endpoint_url is None:
        return boto3.client("sqs", region_name=options.region)
    return boto3.client(
        "sqs",
        region_name=options.region or "us-east-1",
        endpoint_url=options.endpoint_url,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - the emulator takes any
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ops",
        description="Operate a stack. It is named by its outputs: pulumi stack output --json > outputs.json, "
        "or on a laptop the outputs.json that `make local` names.",
    )
    parser.add_argument("--outputs", type=Path, required=True, help="the stack's outputs as JSON")
    parser.add_argument("--region", help="where the stack is (default: as your AWS configuration says)")
    parser.add_argument("--endpoint-url", help="the laptop's emulator, such as http://127.0.0.1:4566")
    commands = parser.add_subparsers(required=True)
    listing = commands.add_parser("dead-webhooks", help="list the events that were given up for good")
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(run=_list)
    replay = commands.add_parser("replay", help="give events their whole schedule of redelivery again")
    replay.add_argument("--client", help="only those of this client")
    replay.add_argument("--event", help="only the one with this event ID")
    replay.set_defaults(run=_replay)
    return parser


if __name__ == "__main__":
    sys.exit(main())
