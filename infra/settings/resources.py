"""Settings of functions, tables, keys, logs and alarms."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from infra.settings.section import Section

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]


# What start_execution dead-letters is older: the queues keep no message longer.
START_WINDOW_DAYS = 14
# https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
REDRIVE_WINDOW_DAYS = 14


class FunctionSettings(Section):
    """The Lambda functions."""

    runtime: Literal["python3.12", "python3.13", "python3.14"] = "python3.13"
    """Lambda's Python runtime; the layer is built for it."""
    architecture: Literal["arm64", "x86_64"] = "arm64"
    """Lambda's instruction set; the layer is built for it."""
    build_for: Literal["lambda", "host"] = "lambda"
    """`host` builds the layer for this machine, for the laptop."""
    bytecode: bool = True
    """Whether the layer and the functions hold compiled bytecode, without which every cold start compiles all
    of its code. One release of Python compiles it, which uv finds or downloads."""
    memory_megabytes: Annotated[int, Field(ge=128, le=10_240)] = 256
    """The memory of each function that no client waits for; Lambda allocates CPU in proportion."""
    api_memory_megabytes: Annotated[int, Field(ge=128, le=10_240)] = 1_024
    """The memory of the functions behind the API, whose speed their callers see."""
    timeout_seconds: Annotated[int, Field(ge=3, le=120)] = 20
    """The timeout of each function. Functions behind the API have at most 29 seconds, because API Gateway
    waits for 30."""
    # Lambda takes a record without a level for INFO: with WARN it would drop the metrics, which have none,
    # and what the runtime says of an unhandled error.
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    # https://github.com/aws/aws-lambda-python-runtime-interface-client/issues/202
    log_level: Literal["DEBUG", "INFO"] = "INFO"
    """What the functions log. Anything above INFO would drop the stack's own metrics."""


class TableSettings(Section):
    """The DynamoDB tables."""

    deletion_protection: bool = False
    """Whether DynamoDB refuses to delete the tables."""
    point_in_time_recovery: bool = True
    """Whether the tables can be restored to any second of the last 35 days."""
    order_ttl_days: Annotated[int, Field(ge=0, le=3_650)] = 0
    """The number of days after which an order is deleted, at least 29; 0 keeps orders forever."""

    @field_validator("order_ttl_days")
    @classmethod
    def _outlast_every_start(cls, days: int) -> int:
        # The order's item is also the record of its charge: an execution that starts or is redriven without
        # it would charge a second time.
        least = START_WINDOW_DAYS + REDRIVE_WINDOW_DAYS + 1
        if 0 < days < least:
            raise ValueError(
                f"{days} is not allowed: 0, or at least {least}: an order may be started until "
                f"{START_WINDOW_DAYS} days after it was accepted, its execution may be redriven for "
                f"{REDRIVE_WINDOW_DAYS} days more, and 1 day is to spare"
            )
        return days


class EncryptionSettings(Section):
    """The key that encrypts data at rest: by default AWS's own keys."""

    customer_managed_key: bool = False
    """Whether the program creates a KMS key, rotated yearly, for tables, queues, topics, logs, workflow and
    secret. CloudTrail then logs its use, and you can revoke access to it."""
    deletion_window_days: Annotated[int, Field(ge=7, le=30)] = 30
    """How many days the key's deletion can be cancelled; without the key, no data can be read."""


class AlarmSettings(Section):
    """The recipient of alarms.

    For other protocols than email, subscribe to the topic in the output `alarms_topic_arn`.
    """

    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None
    """The email address for alarms; its owner must confirm the subscription."""
