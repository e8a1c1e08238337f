"""What SNS logs of deliveries, as CloudWatch Logs hands it to a function, and what it dead-letters."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

LOG_GROUP = "sns/eu-west-1/123456789012/order-events"


def log_entry(
    sns_message_id: str,
    *,
    status: int | None = 200,
    destination: str = "https://shop.example/wh_1?webhook_id=wh_1",
    attempts: int = 1,
    document: str = "",
    succeeded: bool | None = None,
    response: Any = "",
) -> str:
    """One entry of a delivery; without a status there was no answer."""
    is_success = succeeded if succeeded is not None else status is not None and status < 300
    delivery = {
        "deliveryId": "d-1",
        "destination": destination,
        "providerResponse": response,
        "dwellTimeMs": 12,
        "attempts": attempts,
        **({} if status is None else {"statusCode": status}),
    }
    notification = {
        "messageMD5Sum": hashlib.md5(document.encode(), usedforsecurity=False).hexdigest(),
        "messageId": sns_message_id,
        "topicArn": "arn:aws:sns:eu-west-1:123456789012:order-events",
        "timestamp": "2026-11-27 09:30:00.123",
    }
    outcome = "SUCCESS" if is_success else "FAILURE"
    return json.dumps({"notification": notification, "delivery": delivery, "status": outcome})


def log_batch(*messages: str, at: datetime | None = None, group: str = LOG_GROUP) -> dict[str, Any]:
    """The event of an invocation by CloudWatch Logs."""
    at_ms = int((at or datetime.now(UTC)).timestamp() * 1000)
    data = {
        "messageType": "DATA_MESSAGE",
        "logGroup": group,
        "logStream": "s",
        "logEvents": [
            {"id": str(number), "timestamp": at_ms, "message": message}
            for number, message in enumerate(messages)
        ],
    }
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(data).encode())).decode()}}


def queue_batch(queue: str, *bodies: str) -> dict[str, Any]:
    """The event of an event source mapping."""
    return {
        "Records": [
            {
                "messageId": f"q-{number}",
                "receiptHandle": f"r-{number}",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": str(int(datetime.now(UTC).timestamp() * 1000)),
                },
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:eu-west-1:123456789012:{queue}",
                "awsRegion": "eu-west-1",
            }
            for number, body in enumerate(bodies)
        ]
    }
