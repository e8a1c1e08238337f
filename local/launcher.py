"""Serve MiniStack with our patches in this process: `python -m local.launcher --port 4566`.

`--stock` leaves the patches out, to show a fault to MiniStack's maintainers as it is. `--plug` names
a module whose function `plug_in` changes the emulator further.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from local.loopback import HOST, bind_loopback
from local.process import when_parent_ends

# The longest time that open connections delay the end, and that the whole end takes without a parent.
_GRACE_SECONDS = 1
_LONGEST_STOP_SECONDS = 8
# Python's own are 700, 10 and 10. A full collection visits every order that the emulator keeps: with
# Python's, an order took a quarter more of the emulator's processor time after 3,000 others.
_COLLECT_GARBAGE_AFTER = 20_000, 10, 10


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM, SIGINT or, with `--listener`, the end of the process that started this one."""
    options = _parse(arguments)
    if options.listener is None:
        listener = bind_loopback(options.port)
    else:
        listener = socket.socket(fileno=options.listener)
    with tempfile.TemporaryDirectory(prefix="ministack-", ignore_cleanup_errors=True) as directory:
        os.environ.update(_settings(listener.getsockname()[1], options.region, Path(directory)))
        tempfile.tempdir = directory
        # Started by hand, standard input is a terminal's and says nothing about a parent.
        has_parent = options.listener is not None
        asyncio.new_event_loop().run_until_complete(
            _serve(listener, stock=options.stock, plugs=options.plug, has_parent=has_parent)
        )
    sys.stderr.flush()
    # Not sys.exit(): that would wait for requests that are still in a long poll.
    os._exit(0)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.launcher", description=__doc__)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--port", type=int, help="the loopback port to serve; another if it is taken")
    where.add_argument(
        "--listener",
        type=int,
        help="serve this file descriptor, a listening socket, until standard input ends",
    )
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--stock", action="store_true", help="serve MiniStack as it is, without our patches")
    parser.add_argument(
        "--plug",
        action="append",
        default=[],
        metavar="MODULE",
        help="call this module's plug_in() before serving",
    )
    return parser.parse_args(arguments)


def _settings(port: int, region: str, directory: Path) -> dict[str, str]:
    """Return MiniStack's settings, which it reads when it is imported."""
    return {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        # At its start and end MiniStack removes the Docker containers of every MiniStack on the machine.
        "DOCKER_HOST": f"unix://{directory}/no-docker",
        # Functions inherit these, so that they cannot read the developer's home directory.
        "HOME": str(directory),
        "TMPDIR": str(directory),
    }


async def _serve(listener: socket.socket, *, stock: bool, plugs: Sequence[str], has_parent: bool) -> None:
    # Only now: MiniStack reads its settings from the environment when it is imported.
    from hypercorn.asyncio import serve  # noqa: PLC0415
    from hypercorn.config import Config  # noqa: PLC0415
    from ministack.app import app  # noqa: PLC0415
    from ministack.core import lambda_runtime  # noqa: PLC0415

    from local.api_locations import with_whole_locations  # noqa: PLC0415
    from local.loopback_app import loopback_only  # noqa: PLC0415

    if not stock:
        from local.patches.registry import apply_all  # noqa: PLC0415 - the patches import the emulator

        apply_all()
    for plug in plugs:
        importlib.import_module(plug).plug_in()
    gc.set_threshold(*_COLLECT_GARBAGE_AFTER)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if has_parent:
        when_parent_ends(lambda: _stop(loop, stop))
    port = listener.getsockname()[1]
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.graceful_timeout = _GRACE_SECONDS
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    print(f"MiniStack on http://{HOST}:{port}", flush=True)
    await serve(loopback_only(with_whole_locations(app)), config, shutdown_trigger=stop.wait)
    lambda_runtime.reset()


def _stop(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    loop.call_soon_threadsafe(stop.set)
    time.sleep(_LONGEST_STOP_SECONDS)
    # Still here, so the event loop hangs. The parent made us the head of a process group.
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
