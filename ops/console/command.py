"""`console`: serve the web console for a stack, until Ctrl-C."""

from __future__ import annotations

import socket
from argparse import Namespace
from contextlib import suppress

from rich.console import Console as Terminal

from ops.console.calls import CountedTarget
from ops.errors import OpsError, UsageError
from ops.report import Report
from ops.target import Target

_NOT_INSTALLED = (
    "The console needs NiceGUI, which is not installed: run `make install`, or install what "
    "ops/console/requirements.in names."
)


def console(target: Target, options: Namespace) -> Report:
    """Serve the console of a stack."""
    try:
        # It takes a second to import, and the other commands do without it.
        from ops.console.server import HOST, make_server, open_gate  # noqa: PLC0415
        from ops.console.stage import AWS_SECONDS, LAPTOP_SECONDS, Stage  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("ops"):
            raise
        raise OpsError(_NOT_INSTALLED) from error
    counted = CountedTarget(name=target.name, outputs=target.outputs)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, options.port))
        except OSError as error:
            raise UsageError(f"Port {options.port} is taken: choose another with --port.") from error
        listener.listen()
        gate = open_gate(listener)
        stage = Stage(
            name=target.name,
            find_target=lambda: counted,
            read_only=options.read_only,
            interval_seconds=AWS_SECONDS if target.endpoint_url is None else LAPTOP_SECONDS,
        )
        Terminal(highlight=False).print(f"The console of {target.name}: {gate.url}", soft_wrap=True)
        # The server has stopped when it hands on the signal that stopped it.
        with suppress(KeyboardInterrupt):
            make_server(stage, gate).run(sockets=[listener])
    return Report(document={"stopped": True}, views=["Stopped."])
