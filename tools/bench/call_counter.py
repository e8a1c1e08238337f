"""Count the calls of AWS that functions make: `--plug tools.bench.call_counter` in the emulator."""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path

from tools.function_calls import watch_calls

FILE = "BENCH_CALLS_FILE"
_SERVICES = ("dynamodb", "secretsmanager", "sns", "sqs", "states")
_NUMBER = struct.Struct("<Q")


def plug_in() -> None:
    """Count in the emulator in whose process this runs."""
    path = Path(os.environ[FILE])
    path.write_bytes(_NUMBER.pack(0))
    with path.open("r+b") as file:
        counted = mmap.mmap(file.fileno(), _NUMBER.size)

    # The emulator takes all calls in one thread.
    def count(*_: object) -> None:
        _NUMBER.pack_into(counted, 0, _NUMBER.unpack_from(counted)[0] + 1)

    watch_calls(_SERVICES, count)


def read_count(path: Path) -> int:
    """Return how many calls were made so far."""
    return int(_NUMBER.unpack(path.read_bytes())[0])
