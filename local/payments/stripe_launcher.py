"""Serve localstripe in this process: `python -m local.payments.stripe_launcher --listener FD`."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve a bound socket until SIGTERM, SIGINT or the end of standard input."""
    parser = argparse.ArgumentParser(prog="python -m local.payments.stripe_launcher", description=__doc__)
    parser.add_argument("--listener", type=int, required=True, help="file descriptor of a bound socket")
    listener = socket.socket(fileno=parser.parse_args(arguments).listener)

    from aiohttp import web  # noqa: PLC0415 - only this process serves
    from localstripe import resources, server  # type: ignore[import-untyped] # noqa: PLC0415 - has no types

    # It writes all it has to one file in /tmp with every object: slower with each order, shared by all runs,
    # and left behind.
    resources.Store.dump_to_disk = _keep_in_memory
    threading.Thread(target=_end_with_parent, daemon=True).start()
    web.run_app(server.app, sock=listener, access_log=None, print=None)


def _keep_in_memory(_store: object) -> None:
    return


def _end_with_parent() -> None:
    """End when whoever started us is gone, however it went: the kernel closes its end of the pipe."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
