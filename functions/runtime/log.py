"""One structured log record an invocation, whatever its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from functions.domain.log_record import LogField, LogFields, Outcome

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@contextmanager
def log_record(function: str, context: LambdaContext, ids: LogFields | None = None) -> Iterator[LogFields]:
    """Write one record when the block ends, with the IDs, the duration and the fields that the block adds.

    An error is logged with its traceback and raised again.
    """
    log_fields: LogFields = {
        LogField.REQUEST_ID: None,
        LogField.MESSAGE_ID: None,
        LogField.CLIENT_ID: None,
        **(ids or {}),
        LogField.FUNCTION_REQUEST_ID: context.aws_request_id,
    }
    started = time.perf_counter()
    try:
        yield log_fields
    except Exception:
        log_fields |= {LogField.OUTCOME: Outcome.ERROR, LogField.DURATION_MS: _milliseconds_since(started)}
        logger().exception(function, **log_fields)
        raise
    log_fields.setdefault(LogField.OUTCOME, Outcome.DONE)
    log_fields[LogField.DURATION_MS] = _milliseconds_since(started)
    write = logger().error if log_fields[LogField.OUTCOME] == Outcome.ERROR else logger().info
    write(function, **log_fields)


@lru_cache(maxsize=1)
def logger() -> Logger:
    """Return the process's logger.

    Its level and service name come from POWERTOOLS_LOG_LEVEL and POWERTOOLS_SERVICE_NAME. It is made when it
    is first needed and not at import, so that importing a handler reads nothing.
    """
    return Logger(
        log_record_order=["level", "message", "request_id", "message_id", "client_id"],
        utc=True,
        # Every record is written here: the place would say nothing.
        location=None,
    )


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
