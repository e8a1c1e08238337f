"""Settings of what the service runs on: functions, tables, keys, logs, alarms."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from infra.settings.section import Section

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 3653
]


class FunctionSettings(Section):
    """The Lambda functions."""

    runtime: Literal["python3.12", "python3.13", "python3.14"] = "python3.13"
    """Lambda's Python; the layer is built for it."""
    architecture: Literal["arm64", "x86_64"] = "arm64"
    """Lambda's processor; the layer is built for it."""
    build_for: Literal["lambda", "host"] = "lambda"
    """`host` is the laptop's: the layer then fits this machine."""
    memory_megabytes: Annotated[int, Field(ge=128, le=10_240)] = 256
    """Of each function; Lambda gives processor time in proportion."""
    timeout_seconds: Annotated[int, Field(ge=3, le=120)] = 20
    """How long each function may run; those behind the API at most 29 seconds: API Gateway waits for 30."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """What the functions log."""


class TableSettings(Section):
    """The DynamoDB tables."""

    deletion_protection: bool = False
    """Whether DynamoDB refuses to delete them."""
    point_in_time_recovery: bool = True
    """Whether they can be restored as they were at any second of the last 35 days."""
    order_ttl_days: Annotated[int, Field(ge=0, le=3_650)] = 0
    """How long an order is kept; 0 keeps orders for good."""


class EncryptionSettings(Section):
    """Whose key encrypts what rests in AWS: by default AWS's own keys."""

    customer_managed_key: bool = False
    """Whether the program makes a KMS key, rotated yearly, for tables, queues, topics, logs, workflow and
    secret: its use is then in CloudTrail, and can be taken away."""
    deletion_window_days: Annotated[int, Field(ge=7, le=30)] = 30
    """How long a deleted key can be had back; without it nothing can be read."""


class AlarmSettings(Section):
    """Who is told of alarms; other ways than mail subscribe to the output `alarms_topic_arn`."""

    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None
    """Who gets the alarms by mail, once they have confirmed it."""
