"""Writes to DynamoDB that meet another write of the same item."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from functions.domain.outage import ServiceUnavailable

Result = TypeVar("Result")

_CONFLICTS = frozenset({"TransactionConflictException", "TransactionInProgressException"})
# Why a transaction was cancelled that may succeed when it is sent again:
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
_TRANSIENT_REASONS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_ATTEMPTS = 4
_FIRST_DELAY_SECONDS = 0.05


def retrying_conflicts(write: Callable[[], Result]) -> Result:
    """Make a write again, a little later each time, where it conflicts with another or is throttled.

    boto3 does not retry a cancelled transaction. Raises `ServiceUnavailable` after the last attempt.
    """
    for attempt in range(_ATTEMPTS):
        try:
            return write()
        except ClientError as error:
            if not _is_transient(error):
                raise
            failure = error
        # Half of the delay is random, so that writes that met do not meet again.
        time.sleep(_FIRST_DELAY_SECONDS * 2**attempt * (1 - random.random() / 2))  # noqa: S311 - no secret
    raise ServiceUnavailable(str(failure)) from failure


def _is_transient(error: ClientError) -> bool:
    reasons = {str(each.get("Code")) for each in error.response.get("CancellationReasons", [])}
    return error.response["Error"]["Code"] in _CONFLICTS or bool(reasons & _TRANSIENT_REASONS)
