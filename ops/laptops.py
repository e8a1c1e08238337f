"""The runs of `make local` on this machine: each has a folder, and a file that names its emulator."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent / ".local"

_FILE = "run.json"
_OUTPUTS = "outputs.json"
_LONGEST_CONNECT_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class LaptopRun:
    """One run: its emulator's port, and the process that runs it."""

    directory: Path
    port: int
    process_id: int
    started_at: datetime

    @property
    def outputs_path(self) -> Path:
        """The file with the stack's outputs; it exists once the program is deployed."""
        return self.directory / _OUTPUTS

    @property
    def is_running(self) -> bool:
        """Whether its emulator accepts connections."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=_LONGEST_CONNECT_SECONDS):
                return True
        except OSError:
            return False

    def describe(self) -> str:
        """Return start and process, for a list."""
        since = self.started_at.astimezone().strftime("%H:%M:%S")
        state = "" if self.outputs_path.exists() else ", still starting"
        return f"since {since}, process {self.process_id}{state}"


def record_run(directory: Path, *, port: int, process_id: int) -> None:
    """Write the file by which `find_runs` finds a run."""
    record = {"port": port, "process_id": process_id, "started_at": datetime.now(UTC).isoformat()}
    (directory / _FILE).write_text(json.dumps(record), encoding="utf-8")


def find_runs(base: Path = BASE) -> Sequence[LaptopRun]:
    """Return what runs now, the latest first. Folders of killed runs and failed starts are ignored."""
    runs = [run for path in base.glob(f"run-*/{_FILE}") if (run := _read(path)) is not None]
    # The folder of a killed run may name a port that a later one has now.
    by_port = {run.port: run for run in sorted(runs, key=lambda run: run.started_at)}
    running = [run for run in by_port.values() if run.is_running]
    return sorted(running, key=lambda run: run.started_at, reverse=True)


def _read(path: Path) -> LaptopRun | None:
    try:
        record = json.loads(path.read_bytes())
        return LaptopRun(
            directory=path.parent,
            port=int(record["port"]),
            process_id=int(record["process_id"]),
            started_at=datetime.fromisoformat(record["started_at"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        # Removed meanwhile, or not written to its end.
        return None
