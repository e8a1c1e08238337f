"""A request that AWS's own models refuse fails in the tests of the functions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.request_models import RequestConstraintError

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:order"
SOURCE = "arn:aws:sqs:eu-west-1:123456789012:orders"
PLANTED: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "a pattern": ("lambda", "get_function", {"FunctionName": "no such name"}, "does not match"),
    "an enum": ("dynamodb", "update_table", {"TableName": "orders", "BillingMode": "FREE"}, "is none of"),
    "a minimum": (
        "lambda",
        "create_event_source_mapping",
        {"FunctionName": "f", "EventSourceArn": SOURCE, "BatchSize": 0},
        "below 1",
    ),
    "a maximum": (
        "lambda",
        "create_event_source_mapping",
        {"FunctionName": "f", "EventSourceArn": SOURCE, "BatchSize": 10_001},
        "above 10000",
    ),
    "a longest text": (
        "stepfunctions",
        "start_execution",
        {"stateMachineArn": MACHINE, "name": "n" * 81},
        "above 80",
    ),
    "a longest list": (
        "dynamodb",
        "transact_write_items",
        {"TransactItems": [{}] * 101},
        "above 100",
    ),
}


@pytest.mark.parametrize("constraint", PLANTED)
def test_a_planted_fault_is_found(cloud: Any, constraint: str) -> None:
    service, method, request, expected = PLANTED[constraint]
    with pytest.raises(RequestConstraintError, match=expected):
        getattr(cloud.client(service), method)(**request)


def test_a_request_within_its_model_goes_through(cloud: Any) -> None:
    assert cloud.client("dynamodb").describe_table(TableName="orders")["Table"]
