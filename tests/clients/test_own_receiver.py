"""The failure this guards against: the steps of docs/laptop.md for one's own receiver, which do not work.

The page's commands run as they are printed, in a folder of their own, but for the ports and for what
`make clients` has installed already.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.loopback import bind_loopback
from tests.clients.environment import EXAMPLES, PYTHON, needs_python
from tests.support.pulumi_graph import ROOT
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.e2e,
    needs_python,
    pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="curl is not installed"),
]

PAGE = (ROOT / "docs" / "laptop.md").read_text(encoding="utf-8")
STEPS = [
    re.sub(r"^   ", "", step, flags=re.MULTILINE)
    for step in re.findall(r"^ *```bash\n(.*?)^ *```$", PAGE, re.DOTALL | re.MULTILINE)
]
LONGEST_START_SECONDS = 240


class Terminal:
    """A shell that runs a step of the page, and what it shows."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path) -> None:
        self.process = process
        self._output = output

    def text(self) -> str:
        return self._output.read_text(encoding="utf-8")

    def wait_for(self, pattern: str) -> None:
        def shown() -> bool:
            assert self.process.poll() in (None, 0), self.text()
            return re.search(pattern, self.text()) is not None

        wait_for(shown, f"{pattern!r}", seconds=LONGEST_START_SECONDS)


@contextmanager
def terminal(step: str, folder: Path, output: Path, kit: Path) -> Iterator[Terminal]:
    environment = {**os.environ, "PYTHONPATH": str(kit), "PYTHONUNBUFFERED": "1"}
    environment["PATH"] = f"{folder.parent / 'bin'}:{os.environ['PATH']}"
    with output.open("wb") as file:
        process = subprocess.Popen(
            ["bash", "-euc", step],
            cwd=folder,
            env=environment,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
        try:
            yield Terminal(process, output)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder that stands for the clone; `make` and `python3 -m venv` are stand-ins."""
    (tmp_path / "bin").mkdir()
    stand_ins = {
        "make": f'cd "{ROOT}" && exec env -u PYTHONPATH {sys.executable} -m local ${{2#ARGS=}} --no-console',
        "python3": f'mkdir -p "$3/bin"; ln -s {PYTHON.parent}/flask "$3/bin/"; ln -s /bin/true "$3/bin/pip"',
    }
    for name, text in stand_ins.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/bash\n{text}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    clone = tmp_path / "clone"
    (clone / "examples").mkdir(parents=True)
    (clone / "examples" / "receivers").symlink_to(EXAMPLES)
    return clone


def test_the_steps_for_a_receiver_of_ones_own_work(clone: Path, tmp_path: Path, python_kit: Path) -> None:
    with bind_loopback() as one, bind_loopback() as another:
        ports = {"8080": str(one.getsockname()[1]), "4566": str(another.getsockname()[1])}
    prepare, start_laptop, start_receiver, post_order = [
        step.replace("8080", ports["8080"]).replace("4566", ports["4566"]) for step in STEPS
    ]
    # The laptop runs in the repository, so the page's folder beside the clone is elsewhere.
    start_laptop = start_laptop.replace("../my-receiver", str(tmp_path / "my-receiver"))
    start_laptop = start_laptop.rstrip().removesuffix('"') + f' --port {ports["4566"]}"'

    with terminal(prepare, clone, tmp_path / "1.txt", python_kit) as preparation:
        assert preparation.process.wait(60) == 0, preparation.text()
    with terminal(start_laptop, clone, tmp_path / "2.txt", python_kit) as laptop:
        laptop.wait_for("waiting for http://127.0.0.1")
        laptop.wait_for("Stop with Ctrl-C")
        with terminal(start_receiver, clone, tmp_path / "3.txt", python_kit) as receiver:
            laptop.wait_for("handshake → shop .*: 200")
            with terminal(post_order, clone, tmp_path / "4.txt", python_kit) as posting:
                assert posting.process.wait(60) == 0
                assert "202" in posting.text()
            receiver.wait_for("ship PO-1003")
