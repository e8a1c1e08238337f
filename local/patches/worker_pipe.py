"""The line of JSON to a worker and the line back."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from typing import Any

Worker = subprocess.Popen[str]
Message = dict[str, Any]


def ask(worker: Worker, message: Message, timeout_seconds: float) -> Message:
    """Send a worker a message and return its reply.

    Raises TimeoutError where there is none in time, EOFError where the worker has ended instead.
    """
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_exchange, args=(worker, json.dumps(message), lines), daemon=True).start()
    try:
        line = lines.get(timeout=timeout_seconds)
    except queue.Empty:
        raise TimeoutError from None
    if not line:
        raise EOFError
    reply: Message = json.loads(line)
    return reply


def _exchange(worker: Worker, line: str, lines: queue.SimpleQueue[str]) -> None:
    if worker.stdin is None or worker.stdout is None:
        raise TypeError("a worker's standard streams are pipes")
    try:
        worker.stdin.write(line + "\n")
        worker.stdin.flush()
        lines.put(worker.stdout.readline())
    except (OSError, ValueError):
        # The worker has ended.
        lines.put("")
