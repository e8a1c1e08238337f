"""Serve the laptop's console: `make local` runs it in a process of its own."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from functions.domain.payment import PaymentProvider
from local.console.attempts import AttemptFile
from local.console.receiver_client import Receiver
from local.console.try_page import APPROVED, ENDINGS, TryPage
from local.console_files import CONSOLE_TOKEN, OUTPUTS, RECEIVER
from local.process import when_parent_ends
from ops.console.calls import CountedTarget
from ops.console.server import make_server, open_gate
from ops.console.stage import LAPTOP_SECONDS, NotYet, Panel, Stage

_INTRODUCTION = (
    "This console shows orders on their way through the service on your machine: the HTTP API, a queue, a "
    "workflow, and the webhook of a sample receiver. Place an order to see each step as a bar, or let the "
    "receiver fail first to see its webhook retried until it is delivered. Nothing leaves this machine, and "
    "everything is gone when you stop make local."
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until the process that started this one has ended."""
    parser = argparse.ArgumentParser(prog="python -m local.console")
    parser.add_argument(
        "--listener", type=int, required=True, help="the file descriptor of a listening socket"
    )
    parser.add_argument("--directory", type=Path, required=True, help="where the laptop keeps its outputs")
    parser.add_argument("--payment", choices=get_args(PaymentProvider), required=True)
    parser.add_argument("--clients", nargs="+", required=True)
    options = parser.parse_args(arguments)
    with socket.socket(fileno=options.listener) as listener:
        gate = open_gate(listener, os.environ[CONSOLE_TOKEN])
        server = make_server(make_stage(options.directory, options.payment, options.clients), gate)
        when_parent_ends(lambda: server.handle_exit(signal.SIGTERM, None))
        server.run(sockets=[listener])


def make_stage(directory: Path, payment: str, clients: Sequence[str]) -> Stage:
    """Return the laptop's console, of which the stack may not be deployed yet."""
    targets: list[CountedTarget] = []

    def find_target() -> CountedTarget:
        if not targets:
            outputs = _read(directory / OUTPUTS, "The stack is being created: this takes some seconds.")
            targets.append(CountedTarget(name="the laptop's stack", outputs=outputs))
        return targets[0]

    def find_receiver() -> Receiver:
        found = _read(directory / RECEIVER, "The receiver is being started.")
        return Receiver(url=str(found["url"]))

    page = TryPage(find_receiver=find_receiver, clients=clients, endings=ENDINGS.get(payment, APPROVED))
    return Stage(
        name="Laptop",
        find_target=find_target,
        interval_seconds=LAPTOP_SECONDS,
        panels=[Panel(path="/try", title="Try it", build=page.build)],
        introduction=_INTRODUCTION,
        attempts=AttemptFile(directory / "deliveries.jsonl").attempts,
    )


def _read(path: Path, missing: str) -> dict[str, object]:
    try:
        found: dict[str, object] = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        raise NotYet(missing) from None
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
