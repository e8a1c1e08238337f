"""What Lambda sends to an on-failure destination.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from local.invocations.engine import AsynchronousEvent, Condition, Outcome
from local.sns.messages import format_timestamp

_VERSION = "$LATEST"


def make_record(
    event: AsynchronousEvent, condition: Condition, invocations: int, last: Outcome, now: dt.datetime
) -> dict[str, Any]:
    """Return the record of an event that was given up; without an invocation, it has no response."""
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": format_timestamp(now.timestamp()),
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": f"{event.function_arn}:{_VERSION}",
            "condition": condition,
            "approximateInvokeCount": invocations,
        },
        "requestPayload": event.payload,
    }
    if last.kind == "failed":
        record["responseContext"] = {
            "statusCode": 200,
            "executedVersion": _VERSION,
            "functionError": "Unhandled",
        }
        record["responsePayload"] = last.response
    return record
