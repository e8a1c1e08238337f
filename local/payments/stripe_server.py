"""Localstripe, a stateful fake Stripe, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from local.loopback import HOST, bind_loopback
from local.payments.upstream import Upstream, UpstreamError

_REPOSITORY = Path(__file__).resolve().parents[2]
_INHERITED = ("PATH", "LANG", "LC_ALL")
_LONGEST_START_SECONDS = 60
_LONGEST_STOP_SECONDS = 5
_LOG_TAIL_LINES = 20


class StripeServerError(RuntimeError):
    """The fake Stripe did not start; the message ends with the tail of its log."""


@contextmanager
def running_localstripe(work_directory: Path) -> Iterator[Upstream]:
    """Run localstripe for the length of the block; its log is `stripe.log` in the directory.

    Raises StripeServerError when it does not start.
    """
    work_directory.mkdir(parents=True, exist_ok=True)
    log_path = work_directory / "stripe.log"
    # The process gets the bound socket itself, so nobody can take its port in between.
    with bind_loopback() as listener:
        port = listener.getsockname()[1]
        process = _start(listener.fileno(), log_path)
    try:
        upstream = Upstream(HOST, port)
        _wait_until_ready(upstream, process, log_path)
        yield upstream
    finally:
        _stop(process)


def _start(listener: int, log_path: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "local.payments.stripe_launcher", "--listener", str(listener)]
    with log_path.open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own launcher
            command,
            cwd=_REPOSITORY,
            env={name: os.environ[name] for name in _INHERITED if name in os.environ},
            # Never written to: it ends when this process does, however that happens, and localstripe then.
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[listener],
            # Ctrl-C at the terminal is for us; we stop localstripe when we are done with it.
            start_new_session=True,
        )


def _wait_until_ready(upstream: Upstream, process: subprocess.Popen[bytes], log_path: Path) -> None:
    """Return when localstripe answers; a request made before that waits in the socket's queue."""
    deadline = time.monotonic() + _LONGEST_START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(UpstreamError):
            upstream.ask("GET", "/v1/payment_intents")
            return
        time.sleep(0.02)
    code = process.poll()
    how = f"did not answer within {_LONGEST_START_SECONDS} s" if code is None else f"ended with code {code}"
    lines = log_path.read_text(errors="replace").splitlines()
    tail = "\n".join(lines[-_LOG_TAIL_LINES:]) or "(the log is empty)"
    raise StripeServerError(f"The fake Stripe {how}. The end of {log_path}:\n{tail}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    try:
        if process.stdin:
            process.stdin.close()
        process.terminate()
        process.wait(timeout=_LONGEST_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
