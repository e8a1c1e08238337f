"""The embedded cloud: MiniStack in a process of its own, started clean and stopped without a trace."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from local.client import client_of
from local.loopback import HOST, bind_loopback

_REPOSITORY = Path(__file__).resolve().parent.parent
_LONGEST_START_SECONDS = 60
_LONGEST_STOP_SECONDS = 10
_LOG_TAIL_LINES = 20
# What of the developer's environment the emulator gets.
_INHERITED = ("PATH", "LANG", "LC_ALL")
_TEMPORARY_PREFIX = "emulator-"


class EmulatorError(RuntimeError):
    """The emulator did not start; the message ends with the tail of its log."""


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
    where that is taken. `stock` leaves our mends out; `plugs` are modules whose `plug_in()` changes the
    emulator further. Raises EmulatorError when it does not start.
    """
    work_directory = work_directory.resolve()
    work_directory.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(work_directory)
    prefix = f"{_TEMPORARY_PREFIX}{os.getpid()}-"
    temporary_directory = Path(tempfile.mkdtemp(prefix=prefix, dir=work_directory))
    try:
        emulator = _start(
            work_directory,
            port=port,
            region=region,
            options=[*(["--stock"] if stock else []), *(f"--plug={plug}" for plug in plugs)],
            environment=_environment(temporary_directory, extra_environment),
        )
        try:
            _wait_until_healthy(emulator)
            yield emulator
        finally:
            _stop(emulator.process)
    finally:
        shutil.rmtree(temporary_directory, ignore_errors=True)


def _environment(temporary_directory: Path, extra_environment: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, "TMPDIR": str(temporary_directory), **extra_environment}


def _start(
    work_directory: Path,
    *,
    port: int | None,
    region: str,
    options: Sequence[str],
    environment: Mapping[str, str],
) -> Emulator:
    log_path = work_directory / "emulator.log"
    # The launcher gets the bound socket itself, so nobody can take its port in between.
    with bind_loopback(port) as listener, log_path.open("wb") as log:
        command = [sys.executable, "-m", "local.launcher", "--with-parent", "--region", region]
        command += ["--listener", str(listener.fileno()), *options]
        process = subprocess.Popen(  # noqa: S603 - our own launcher
            command,
            cwd=_REPOSITORY,
            env=dict(environment),
            # Never written to: it ends when this process does, however that happens, and the emulator then.
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
            # Ctrl-C at the terminal is for us; we stop the emulator when we are done with it.
            start_new_session=True,
        )
        return Emulator(
            port=listener.getsockname()[1],
            region=region,
            work_directory=work_directory,
            log_path=log_path,
            process=process,
        )


def _wait_until_healthy(emulator: Emulator) -> None:
    """Return when the emulator answers; a request made before that waits in the socket's queue."""
    deadline = time.monotonic() + _LONGEST_START_SECONDS
    while (left := deadline - time.monotonic()) > 0 and emulator.process.poll() is None:
        if _is_healthy(emulator.port, left):
            return
        time.sleep(0.02)
    code = emulator.process.poll()
    how = f"did not answer within {_LONGEST_START_SECONDS} s" if code is None else f"ended with code {code}"
    raise EmulatorError(f"The emulator {how}. The end of {emulator.log_path}:\n{_tail(emulator.log_path)}")


def _is_healthy(port: int, timeout_seconds: float) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout_seconds)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tail(log_path: Path) -> str:
    lines = log_path.read_text(errors="replace").splitlines()
    return "\n".join(lines[-_LOG_TAIL_LINES:]) or "(the log is empty)"


def _stop(process: subprocess.Popen[bytes]) -> None:
    try:
        if process.stdin:
            process.stdin.close()
        process.terminate()
        process.wait(timeout=_LONGEST_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        # Whatever is left of its group: the launcher itself if it hangs, and its Lambda workers.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


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
