"""The chain with an EXPRESS workflow, which knows no names and no redrive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.domain.execution import OrderMessage
from functions.domain.instant import now, timestamp
from tests.support.chain import Chain, running_chain
from tests.support.orders import order_payload
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    settings = {
        "workflow": {
            "type": "EXPRESS",
            "payment_retry": {"interval_seconds": 1, "max_attempts": 2, "max_delay_seconds": 2},
        },
        # Nothing of EXPRESS, but a deployment less than in a module of its own.
        "encryption": {"customer_managed_key": True},
    }
    with running_chain(
        tmp_path_factory.mktemp("express"),
        stack="express",
        hooks=["shop"],
        settings=settings,
        subscribers=[{"name": "shop", "client_id": "shop"}],
    ) as running:
        yield running


@pytest.mark.parametrize(
    ("payment_method", "event_type"),
    [
        ("pm_card_visa", "order.paid"),
        ("pm_card_chargeDeclined", "order.declined"),
        ("pm_simulated_unavailable_2", "order.paid"),
    ],
)
def test_an_order_comes_to_its_end(chain: Chain, payment_method: str, event_type: str) -> None:
    request_id = chain.accept(order_payload(payment_method=payment_method))
    assert chain.event(request_id).type == event_type
    assert chain.call("GET", f"/orders/{request_id}").body["status"] == event_type.removeprefix("order.")


def test_what_is_kept_is_encrypted_with_the_stacks_own_key(chain: Chain) -> None:
    def client(service: str) -> Any:
        return chain.emulator.client(service)

    aliases = {each["AliasName"]: each for each in client("kms").list_aliases()["Aliases"]}
    key_id = aliases["alias/order-webhooks-express"]["TargetKeyId"]
    key = client("kms").describe_key(KeyId=key_id)["KeyMetadata"]["Arn"]
    assert client("kms").get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]
    queue = client("sqs").get_queue_attributes(
        QueueUrl=chain.outputs["orders_queue_url"], AttributeNames=["All"]
    )["Attributes"]
    topic = client("sns").get_topic_attributes(TopicArn=chain.outputs["topic_arn"])["Attributes"]
    table = client("dynamodb").describe_table(TableName=chain.outputs["orders_table_name"])["Table"]
    machine = client("stepfunctions").describe_state_machine(
        stateMachineArn=chain.outputs["state_machine_arn"]
    )
    function = client("lambda").get_function_configuration(
        FunctionName=chain.outputs["function_names"]["accept-order"]
    )
    groups = client("logs").describe_log_groups(
        logGroupNamePrefix=chain.outputs["log_group_names"]["accept-order"]
    )["logGroups"]
    assert queue["KmsMasterKeyId"] == topic["KmsMasterKeyId"] == key
    assert table["SSEDescription"]["KMSMasterKeyArn"] == key
    assert machine["encryptionConfiguration"]["kmsKeyId"] == key
    assert function["KMSKeyArn"] == key
    assert [each["kmsKeyId"] for each in groups] == [key]


def test_a_gateway_that_stays_down_fails_the_order_and_another_workflow_releases_it(chain: Chain) -> None:
    request_id = chain.accept(order_payload(payment_method="pm_simulated_unavailable"))
    assert chain.event(request_id).type == "order.failed"
    client = chain.emulator.client("stepfunctions")
    machines = client.list_state_machines()["stateMachines"]
    (release,) = [each["stateMachineArn"] for each in machines if each["name"].startswith("release")]

    def released() -> dict[str, Any] | None:
        for each in client.list_executions(stateMachineArn=release)["executions"]:
            execution = client.describe_execution(executionArn=each["executionArn"])
            if request_id in execution["input"] and execution["status"] == "SUCCEEDED":
                return json.loads(execution["output"])
        return None

    assert wait_for(released)["payment"]["reason"] == "nothing_taken"


def informed(chain: Chain, request_id: str) -> list[str]:
    """The records of inform_client about an order."""
    found = chain.emulator.client("logs").filter_log_events(
        logGroupName=chain.outputs["log_group_names"]["inform-client"],
        filterPattern=f'{{ $.request_id = "{request_id}" }}',
    )
    return [each["message"] for each in found["events"]]


def test_a_message_that_comes_twice_makes_one_order_and_one_event(chain: Chain) -> None:
    message = OrderMessage(
        request_id="sent-twice",
        client_id="shop",
        received_at=timestamp(now()),
        order=order_payload(),
    ).text()
    chain.send(message)
    chain.send(message)
    wait_for(lambda: len(chain.executions("sent-twice")) == 2)
    # Both runs come to the event. The second publishes it too where the first has not stored yet that it did.
    wait_for(lambda: len(informed(chain, "sent-twice")) == 2)
    chain.event("sent-twice")
    attempts = chain.attempts("sent-twice")
    assert sorted(each.outcome for each in attempts) in (["handled"], ["duplicate", "handled"])
    assert len({each.event_id for each in attempts}) == 1


def test_an_order_whose_execution_fails_is_kept_and_can_be_redriven(chain: Chain) -> None:
    orders_table = chain.outputs["orders_table_name"]
    poisoned = OrderMessage(
        request_id="kept",
        client_id="shop",
        received_at=timestamp(now()),
        order=order_payload(),
    )
    # What stands in the order's place cannot be read as an order, so the first step fails for good.
    dynamodb, sqs = chain.emulator.client("dynamodb"), chain.emulator.client("sqs")
    dynamodb.put_item(TableName=orders_table, Item={"request_id": {"S": "kept"}, "status": {"S": "?"}})
    chain.send(poisoned.text())
    dead_letters = chain.outputs["orders_dead_letters_url"]

    def kept() -> str | None:
        received = sqs.receive_message(QueueUrl=dead_letters, WaitTimeSeconds=1).get("Messages", [])
        return received[0]["Body"] if received else None

    body = wait_for(kept)
    assert json.loads(body)["order"] == order_payload()

    dynamodb.delete_item(TableName=orders_table, Key={"request_id": {"S": "kept"}})
    chain.send(body)
    assert chain.event("kept").type == "order.paid"
