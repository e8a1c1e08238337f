"""The web console of the laptop, in a process of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.console_files import CONSOLE_TOKEN
from local.laptop_options import LaptopOptions
from local.loopback import HOST
from local.process import running_server

# 128 bits, and an address that fits 80 columns.
_TOKEN_BYTES = 16


@contextmanager
def running_console(options: LaptopOptions, directory: Path) -> Iterator[str]:
    """Serve the console for the length of the block, and yield its address.

    It may start before everything else: its pages then show the stack as it comes up.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    server = running_server(
        "local.console",
        name="console",
        log_path=directory / "console.log",
        ready_path=None,
        port=options.console_port,
        options=[
            f"--directory={directory}",
            f"--payment={options.payment}",
            "--clients",
            *dict.fromkeys(options.hooks.values()),
        ],
        # Not as an argument, which every user of the machine can read.
        environment={CONSOLE_TOKEN: token},
    )
    with server as running:
        yield f"http://{HOST}:{running.port}/?token={token}"
