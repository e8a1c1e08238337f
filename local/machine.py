"""What the laptop needs of this machine: a loopback interface and space on the disk."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

from local.loopback import HOST, bind_loopback
from ops.laptops import LaptopRun

# A run writes about 60 MB: the functions' archives, their copies in the emulator, and logs.
_LEAST_FREE_MEGABYTES = 150
_FULL_MEGABYTES = 5
_LONGEST_CONNECT_SECONDS = 2
_FIRST_UNPRIVILEGED_PORT = 1024


class MachineError(Exception):
    """The machine lacks something; the message says what, and how to get it."""


def check_loopback() -> None:
    """Raise MachineError where this machine cannot connect to itself."""
    try:
        with bind_loopback() as listener:
            socket.create_connection(listener.getsockname(), timeout=_LONGEST_CONNECT_SECONDS).close()
    except OSError as error:
        raise MachineError(
            f"{HOST} cannot be reached ({error.strerror or error}): this machine has no working loopback "
            "interface. On Linux, `ip link set lo up` enables it."
        ) from error


def check_disk(directory: Path) -> None:
    """Raise MachineError where the disk of a directory has too little space for a run."""
    free = _free_megabytes(directory)
    if free < _LEAST_FREE_MEGABYTES:
        raise MachineError(
            f"The disk of {directory} has {free} MB free; a run needs {_LEAST_FREE_MEGABYTES} MB."
        )


def explain_disk(directory: Path) -> str:
    """Return a sentence to add to an error where the disk of a directory is full, else ""."""
    if not directory.exists() or _free_megabytes(directory) >= _FULL_MEGABYTES:
        return ""
    return f" The disk of {directory} is full: that is the cause, or part of it."


def explain_port(wished: int | None, port: int, runs: Sequence[LaptopRun]) -> str:
    """Return why another port than the wished one is served, else ""."""
    if wished is None or wished == port:
        return ""
    run = next((run for run in runs if run.port == wished), None)
    if run is not None:
        return f" (port {wished} is in use by the laptop of process {run.process_id})"
    if wished < _FIRST_UNPRIVILEGED_PORT and os.geteuid() != 0:
        return f" (port {wished} is for root, or is in use)"
    return f" (port {wished} is in use)"


def _free_megabytes(directory: Path) -> int:
    return shutil.disk_usage(directory).free // 1_000_000
