"""The names that things get in AWS, as patterns: for policies that are written before the things exist.

Pulumi adds seven random characters to a logical name, so `orders` becomes `orders-1a2b3c4`:
https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

_SUFFIX_LENGTH = 7
_HANDLERS = Path(__file__).resolve().parents[1] / "functions" / "handlers"

WORKFLOWS = ("order", "release")
EVENT_TOPIC = "order-events"
ALARM_TOPIC = "ops"
ORDERS_QUEUE, ORDERS_DEAD_LETTERS = "orders", "orders-dead-letters"
UNDELIVERED_QUEUE, UNREADABLE_ENVELOPES = "undelivered", "undelivered-unreadable"
FAILED_SIGNALS, UNREADABLE_SIGNALS = "record-deliveries-failed", "record-deliveries-unreadable"
QUEUES = (
    *(ORDERS_QUEUE, ORDERS_DEAD_LETTERS, UNDELIVERED_QUEUE, UNREADABLE_ENVELOPES),
    *(FAILED_SIGNALS, UNREADABLE_SIGNALS),
)
STORE = "store"
TABLES = (f"{STORE}-deliveries", f"{STORE}-idempotency", f"{STORE}-orders", f"{STORE}-webhooks")
PAYMENT_SECRET = "payment-key"  # noqa: S105 - a name
API = "api"
# This prefix keeps the account-wide resource policy for log delivery within its size limit:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
_VENDED_LOGS = "/aws/vendedlogs"
ACCESS_LOG = f"{_VENDED_LOGS}/apis/{API}-access"
DELIVERY_LOG = "delivery-log"
RECORDER = "record-deliveries"
SCHEDULE = "redeliver"
SCHEDULE_ROLE = "redeliver-schedule"
LAYER = "dependencies"


def event_topic(number: int) -> str:
    """Return the logical name of the first, second, … topic of events."""
    return EVENT_TOPIC if number == 1 else f"{EVENT_TOPIC}-{number}"


def event_topics() -> tuple[str, ...]:
    """Return the patterns of the logical names of all topics of events, however many there are."""
    return EVENT_TOPIC, f"{EVENT_TOPIC}-?", f"{EVENT_TOPIC}-??"


def delivery_logs() -> tuple[str, ...]:
    """Return the patterns of the logical names of the topics' delivery logs."""
    return DELIVERY_LOG, f"{DELIVERY_LOG}-?", f"{DELIVERY_LOG}-??"


def function_name(handler_module: str) -> str:
    """Return the logical name of a handler module's function: `accept_order` runs as `accept-order`."""
    return handler_module.replace("_", "-")


def function_names() -> tuple[str, ...]:
    """Return the logical names of all functions: of each module of `functions.handlers` with a `handle`."""
    return tuple(function_name(path.stem) for path in sorted(_HANDLERS.glob("*.py")) if _has_handler(path))


def workflow_log(workflow: str) -> str:
    """Return the logical name of a workflow's log group."""
    return f"{_VENDED_LOGS}/states/{workflow}"


def autonamed(logical_name: str) -> str:
    """Return the pattern of the physical names that Pulumi may make of a logical one, and of no other."""
    return f"{logical_name}-{'?' * _SUFFIX_LENGTH}"


def log_group_patterns() -> tuple[str, ...]:
    """Return the patterns of every log group's name.

    Pulumi names the groups of the functions, the API and the workflows; SNS names its own after region,
    account and topic.
    """
    return (
        *(autonamed(each) for each in (*function_names(), ACCESS_LOG)),
        *(autonamed(workflow_log(each)) for each in WORKFLOWS),
        *(f"sns/*/*/{autonamed(each)}{end}" for each in event_topics() for end in ("", "/Failure")),
    )


@cache
def _has_handler(path: Path) -> bool:
    # Read, not imported: the program needs none of the functions' packages.
    statements = ast.parse(path.read_text(encoding="utf-8")).body
    return any(isinstance(each, ast.FunctionDef) and each.name == "handle" for each in statements)
