"""Follow the file in which the emulator's SNS records each delivery attempt."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_POLL_SECONDS = 0.1


@contextmanager
def following(path: Path, show: Callable[[Mapping[str, Any]], None]) -> Iterator[None]:
    """Call `show`, from another thread, with each line that is written while the block runs."""
    stopping = threading.Event()

    def follow() -> None:
        path.touch()
        with path.open() as lines:
            while not stopping.wait(_POLL_SECONDS):
                for line in lines:
                    show(json.loads(line))

    thread = threading.Thread(target=follow, name="delivery-log", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
