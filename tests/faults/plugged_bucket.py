"""Step Functions that starts no more executions than a bucket has tokens, as `tests.faults.plugged_bucket`.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: StartExecution is throttled so.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from tests.faults.plugged_calls import error_response
from tools.function_calls import Handler, Response, from_function

SIZE = "FAULTS_BUCKET_SIZE"
PER_SECOND = "FAULTS_BUCKET_PER_SECOND"
CLOSED_SECONDS = "FAULTS_BUCKET_CLOSED_SECONDS"
JOURNAL = "FAULTS_BUCKET_JOURNAL"


def environment(journal: Path, *, size: int, per_second: float, closed_seconds: float) -> Mapping[str, str]:
    """Return the environment in which the emulator's bucket finds its numbers."""
    return {
        SIZE: str(size),
        PER_SECOND: str(per_second),
        CLOSED_SECONDS: str(closed_seconds),
        JOURNAL: str(journal),
    }


def count(journal: Path) -> tuple[int, int]:
    """Return how many starts the bucket let through, and how many it refused."""
    answers = journal.read_text().split() if journal.exists() else []
    return answers.count("started"), answers.count("refused")


class Bucket:
    """A token bucket; thread-safe. It is filled from `closed_seconds` after it is empty for the first time.

    Filled from the start, it would never be empty on a machine that makes fewer calls than it gets tokens.
    """

    def __init__(self, size: int, per_second: float, closed_seconds: float = 0.0) -> None:
        self._size = size
        self._per_second = per_second
        self._closed_seconds = closed_seconds
        self._lock = threading.Lock()
        self._tokens = float(size)
        self._filled_at: float | None = None

    def take(self) -> bool:
        """Take a token, if there is one."""
        with self._lock:
            now = time.monotonic()
            if self._filled_at is not None and now > self._filled_at:
                filled = self._tokens + (now - self._filled_at) * self._per_second
                self._tokens, self._filled_at = min(self._size, filled), now
            if self._tokens >= 1:
                self._tokens -= 1
                return True
            if self._filled_at is None:
                self._filled_at = now + self._closed_seconds
            return False


def plug_in() -> None:
    """Throttle the emulator in whose process this runs."""
    from ministack import app

    bucket = Bucket(int(os.environ[SIZE]), float(os.environ[PER_SECOND]), float(os.environ[CLOSED_SECONDS]))
    journal = Path(os.environ[JOURNAL])
    app.SERVICE_HANDLERS["states"] = _throttled(app.SERVICE_HANDLERS["states"], bucket, journal)


def _throttled(handle: Handler, bucket: Bucket, journal: Path) -> Handler:
    async def handle_or_refuse(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, str]
    ) -> Response:
        is_start = headers.get("x-amz-target", "").endswith(".StartExecution")
        if not (is_start and from_function(headers)):
            return await handle(method, path, headers, body, query_params)
        is_taken = bucket.take()
        with journal.open("a") as file:
            file.write("started\n" if is_taken else "refused\n")
        if is_taken:
            return await handle(method, path, headers, body, query_params)
        return error_response("states", 400, "ThrottlingException")

    return handle_or_refuse
