"""The names that things get in AWS, as patterns: for policies that are written before the things exist.

Pulumi adds seven random characters to a logical name, so `orders` becomes `orders-1a2b3c4`:
https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
"""

from __future__ import annotations

_SUFFIX_LENGTH = 7

FUNCTIONS = (
    "accept-order",
    "create-webhook",
    "delete-webhook",
    "get-order",
    "get-webhook",
    "health",
    "inform-client",
    "list-webhooks",
    "process-payment",
    "redeliver",
    "redeliver-order",
    "refuse-request",
    "release-payment",
    "save-order",
    "start-execution",
    "try-webhook",
    "update-order",
)
WORKFLOWS = ("order", "release")
EVENT_TOPIC = "order-events"
OPS_TOPIC = "ops"
QUEUES = ("dead-webhooks", "orders", "orders-dead-letters", "undelivered")
TABLES = ("store-idempotency", "store-orders", "store-webhooks")
SECRETS = ("payment-key",)
ACCESS_LOG = "api-access"
DELIVERY_LOG = "delivery-log"
LAYER = "dependencies"


def autonamed(logical_name: str) -> str:
    """Return the pattern of the physical names that Pulumi may make of a logical one, and of no other."""
    return f"{logical_name}-{'?' * _SUFFIX_LENGTH}"


def log_group_patterns(stack: str) -> tuple[str, ...]:
    """Return the patterns of every log group's name, given project and stack, dashed.

    The functions' and the API's groups are named by Pulumi, the workflows' are vended logs, and SNS names its
    own after region, account and topic.
    """
    return (
        *(autonamed(each) for each in (*FUNCTIONS, ACCESS_LOG)),
        f"/aws/vendedlogs/states/{stack}-*",
        f"sns/*/*/{autonamed(EVENT_TOPIC)}",
        f"sns/*/*/{autonamed(EVENT_TOPIC)}/Failure",
    )
