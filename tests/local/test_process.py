from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from local import process as process_module
from local.process import ServerStartError, running_server
from tests.support.waiting import wait_for


def test_a_server_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho first; echo the disk is full >&2; exit 3\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    broken = running_server("local.launcher", name="emulator", log_path=tmp_path / "log", ready_path="/")

    with pytest.raises(ServerStartError, match=r"ended with code 3[^$]*first\nthe disk is full"), broken:
        pass


# Ignores SIGTERM, as its child does.
DEAF = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    print(child, flush=True)
signal.pause()
"""


def test_a_server_that_hangs_is_killed_with_the_processes_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_module, "_LONGEST_STOP_SECONDS", 0.1)
    process = subprocess.Popen(
        [sys.executable, "-c", DEAF], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    child = int(process.stdout.readline())
    os.set_blocking(process.stdout.fileno(), False)
    try:
        process_module._stop(process)

        assert process.returncode == -signal.SIGKILL
        # Its output ends when the child, which holds it too, is gone.
        wait_for(lambda: process.stdout.read(1) == b"")
    finally:
        process.stdout.close()
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
