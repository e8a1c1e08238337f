"""The functions of the minimal chain: no validation, no idempotency, no retries, no log of their own.

The emulator's workers wait for a line of a handler's output, so each prints one.
"""

from __future__ import annotations

import base64
import functools
import gzip
import json
import os
from typing import Any

import boto3

_client = functools.cache(boto3.client)


def accept(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Put the order on the queue."""
    request_id = event["requestContext"]["requestId"]
    body = json.dumps({"request_id": request_id, "order": json.loads(event["body"])})
    _client("sqs").send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=body)
    return _done({"statusCode": 202, "body": json.dumps({"request_id": request_id})})


def start(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Start an execution for each message."""
    for record in event["Records"]:
        _client("stepfunctions").start_execution(
            stateMachineArn=os.environ["STATE_MACHINE_ARN"], input=record["body"]
        )
    return _done({})


def save(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Put the order into the table."""
    item = {"pk": {"S": event["request_id"]}, "document": {"S": json.dumps(event["order"])}}
    _client("dynamodb").put_item(TableName=os.environ["TABLE_NAME"], Item=item)
    return _done(event)


def pay(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Take no payment."""
    return _done({**event, "payment": "approved"})


def update(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Write the result."""
    _update(event["request_id"], "outcome", "paid")
    return _done(event)


def inform(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Publish the event; where deliveries are recorded, put a row first."""
    message = {"subject": event["request_id"], "data": event["order"]}
    if os.environ["RECORDS"]:
        _update(f"delivery-{event['request_id']}", "outcome", "pending")
    _client("sns").publish(TopicArn=os.environ["TOPIC_ARN"], Message=json.dumps(message))
    return _done(event)


def record(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Write each entry of the delivery log on a row."""
    entries = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))["logEvents"]
    for entry in entries:
        message_id = json.loads(entry["message"])["notification"]["messageId"]
        _update(f"message-{message_id}", "outcome", "delivered")
    return _done({})


def _update(key: str, name: str, value: str) -> None:
    _client("dynamodb").update_item(
        TableName=os.environ["TABLE_NAME"],
        Key={"pk": {"S": key}},
        UpdateExpression=f"SET {name} = :value",
        ExpressionAttributeValues={":value": {"S": value}},
    )


def _done(result: dict[str, Any]) -> dict[str, Any]:
    print("done")  # noqa: T201 - see above
    return result
