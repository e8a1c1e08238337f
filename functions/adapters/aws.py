"""Clients of AWS: one a service and process, with time-outs that fit inside a function's own."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient


def dynamodb() -> DynamoDBClient:
    """Return the DynamoDB client."""
    return _client("dynamodb")  # type: ignore[no-any-return]


def logs() -> CloudWatchLogsClient:
    """Return the CloudWatch Logs client."""
    return _client("logs")  # type: ignore[no-any-return]


def secretsmanager() -> SecretsManagerClient:
    """Return the Secrets Manager client."""
    return _client("secretsmanager")  # type: ignore[no-any-return]


def sns() -> SNSClient:
    """Return the SNS client."""
    return _client("sns")  # type: ignore[no-any-return]


def sqs() -> SQSClient:
    """Return the SQS client."""
    return _client("sqs")  # type: ignore[no-any-return]


def stepfunctions() -> SFNClient:
    """Return the Step Functions client."""
    return _client("stepfunctions")  # type: ignore[no-any-return]


@cache
def _client(service: str) -> Any:  # noqa: ANN401 - the functions above give it its type
    # botocore's own defaults wait 60 s for an answer: longer than a function may run. With these a silent
    # service is given up after some 15 s, pauses included: the API's functions can still say so with a 503.
    config = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3})
    return boto3.client(service, config=config)
