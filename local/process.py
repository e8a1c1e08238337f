"""A server in a process of its own: started with a clean environment, stopped with all that it started.

`running_server` is for the process that needs the server. The server's own module, which it runs, accepts
`--listener FD` (a bound, listening socket) and calls `when_parent_ends`.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from local.loopback import HOST, bind_loopback

_REPOSITORY = Path(__file__).resolve().parent.parent
_LONGEST_START_SECONDS = 60
_LONGEST_STOP_SECONDS = 10
_LOG_TAIL_LINES = 20
# The only variables of the developer's environment that a server gets.
_INHERITED = ("PATH", "LANG", "LC_ALL")


class ServerStartError(RuntimeError):
    """A server did not start; the message ends with the tail of its log."""


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A running server."""

    name: str
    port: int
    log_path: Path
    process: subprocess.Popen[bytes]


@contextmanager
def running_server(
    module: str,
    *,
    name: str,
    log_path: Path,
    ready_path: str | None,
    port: int | None = None,
    options: Sequence[str] = (),
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[ServerProcess]:
    """Run `python -m module --listener FD` for the length of the block.

    It serves `port`, or another where that is taken, and is ready when `GET ready_path` is answered without
    a server error. Without `ready_path` it is not waited for: a request waits in the socket's queue. `name`
    is how messages refer to it. Raises ServerStartError when it does not start.
    """
    server = _start(module, name, log_path, port, options, environment)
    try:
        if ready_path is not None:
            _wait_until_ready(server, ready_path)
        yield server
    finally:
        _stop(server.process)


def when_parent_ends(stop: Callable[[], object]) -> None:
    """In the server: call `stop`, from a thread, when the process that started us has ended.

    Standard input is a pipe that the parent never writes to. The kernel closes it however the parent ends.
    """

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        stop()

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _start(
    module: str,
    name: str,
    log_path: Path,
    port: int | None,
    options: Sequence[str],
    environment: Mapping[str, str],
) -> ServerProcess:
    inherited = {variable: os.environ[variable] for variable in _INHERITED if variable in os.environ}
    # The server gets the bound socket itself, so nobody can take its port in between.
    with bind_loopback(port) as listener, log_path.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", module, "--listener", str(listener.fileno()), *options],
            cwd=_REPOSITORY,
            env={**inherited, **environment},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
            # Ctrl-C at the terminal is for us; we stop the server when we are done with it.
            start_new_session=True,
        )
        return ServerProcess(name, listener.getsockname()[1], log_path, process)


def _wait_until_ready(server: ServerProcess, path: str) -> None:
    """Return when the server answers; a request made before that waits in the socket's queue."""
    deadline = time.monotonic() + _LONGEST_START_SECONDS
    while (left := deadline - time.monotonic()) > 0 and server.process.poll() is None:
        if _is_ready(server.port, path, left):
            return
        time.sleep(0.02)
    code = server.process.poll()
    how = f"did not answer within {_LONGEST_START_SECONDS} s" if code is None else f"ended with code {code}"
    log_path = server.log_path
    raise ServerStartError(f"The {server.name} {how}. The end of {log_path}:\n{_tail(log_path)}")


def _is_ready(port: int, path: str, timeout_seconds: float) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout_seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
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
        # Whatever is left of its group: the server itself if it hangs, and the processes it started.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
