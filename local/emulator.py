"""The embedded cloud: MiniStack in a process of its own, whose files go with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from local.client import client_of
from local.loopback import HOST
from local.process import running_server

_TEMPORARY_PREFIX = "emulator-"


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator."""

    port: int
    region: str
    work_directory: Path
    log_path: Path
    process: subprocess.Popen[bytes]

    @property
    def endpoint_url(self) -> str:
        """Return the endpoint of every AWS service."""
        return f"http://{HOST}:{self.port}"

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's stubs give a type for literal names only
        """Return a client of an AWS service, untouched by the developer's own AWS configuration."""
        return client_of(service, region=self.region, endpoint_url=self.endpoint_url)

    def api_url(self, api_id: str) -> str:
        """Return the URL of an HTTP API's `$default` stage; a path goes behind it."""
        return f"{self.endpoint_url}/_aws/execute-api/{api_id}"


@contextmanager
def running_emulator(
    *,
    work_directory: Path,
    port: int | None = None,
    region: str = "us-east-1",
    stock: bool = False,
    plugs: Sequence[str] = (),
    extra_environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Emulator]:
    """Run the emulator for the length of the block.

    Its log, and while it runs its temporary files, are in `work_directory`. It serves `port`, or another
    where that is taken. `stock` leaves our patches out; `plugs` are modules whose `plug_in()` changes the
    emulator further. Raises ServerStartError when it does not start.
    """
    work_directory = work_directory.resolve()
    work_directory.mkdir(parents=True, exist_ok=True)
    with (
        _temporary_files(work_directory) as temporary_directory,
        running_server(
            "local.launcher",
            name="emulator",
            log_path=work_directory / "emulator.log",
            ready_path="/_ministack/health",
            port=port,
            options=[
                f"--region={region}",
                *(["--stock"] if stock else []),
                *(f"--plug={plug}" for plug in plugs),
            ],
            environment={"TMPDIR": str(temporary_directory), **extra_environment},
        ) as running,
    ):
        yield Emulator(
            port=running.port,
            region=region,
            work_directory=work_directory,
            log_path=running.log_path,
            process=running.process,
        )


@contextmanager
def _temporary_files(work_directory: Path) -> Iterator[Path]:
    """Make a folder for an emulator's temporary files, which go with it."""
    _remove_leftovers(work_directory)
    prefix = f"{_TEMPORARY_PREFIX}{os.getpid()}-"
    directory = Path(tempfile.mkdtemp(prefix=prefix, dir=work_directory))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _remove_leftovers(work_directory: Path) -> None:
    """Remove the temporary files of emulators that were killed together with the process that ran them."""
    for directory in work_directory.glob(f"{_TEMPORARY_PREFIX}*-*"):
        if not _is_running(int(directory.name.split("-")[1])):
            shutil.rmtree(directory, ignore_errors=True)


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
