"""The program under Pulumi's own engine, deployed to the emulator: skipped where there is no Pulumi CLI."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.settings.resources import FunctionSettings
from local.receiving import make_receiver
from receiver import WebhookIds
from tests.engine.deletions import list_cloud
from tests.engine.engine import Engine, find_cli, run_program, running_engine
from tests.support.chain import Chain
from tests.support.orders import order_payload
from tests.support.variations import stack_settings
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.e2e,
    # After a failed run, Pulumi's language server leaves a coroutine to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.skipif(
        find_cli() is None, reason="there is no Pulumi CLI: `make engine` builds it where Go is installed"
    ),
]

STRIPE_KEY = "rk_live_a-marker-that-is-nowhere-else"
SETTINGS: dict[str, Any] = {
    "api": {"auth": "none"},
    "functions": {"build_for": "host", "timeout_seconds": 10},
    "allow_http_webhooks": True,
}


def production() -> dict[str, Any]:
    """Return production's own settings, without bytecode: its interpreter is not on every machine."""
    settings = stack_settings("prod") or {}
    return {**settings, "functions": {**settings["functions"], "bytecode": False}}


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A stack that the tests deploy, change and destroy in the order of this file."""
    with running_engine(tmp_path_factory.mktemp("dev"), "dev") as engine:
        engine.configure(SETTINGS)
        yield engine


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A stack with production's own settings."""
    with running_engine(tmp_path_factory.mktemp("prod"), "prod") as engine:
        engine.configure(production(), stripeApiKey=STRIPE_KEY)
        yield engine


def values_of(engine: Engine) -> dict[str, Any]:
    """Return ID, inputs and outputs of everything in the state; the rest of it has no fixed order."""
    return {each["urn"]: (each["id"], each["inputs"], each["outputs"]) for each in engine.resources()}


def pay_an_order(engine: Engine) -> None:
    """Send an order through the deployed stack, from its API to a client's webhook."""
    outputs, ids = engine.outputs(), WebhookIds([])
    with make_receiver(
        engine.emulator,
        engine.state.parent,
        topic_arn=outputs["topic_arn"],
        clients={"shop": "shop"},
        webhook_ids=ids,
    ) as receiver:
        chain = Chain(engine.emulator, receiver, ids, outputs)
        chain.register("shop", "shop")
        wait_for(lambda: engine.emulator.client("sns").list_subscriptions()["Subscriptions"])
        request_id = chain.accept(order_payload())
        assert chain.event(request_id).type == "order.paid"
        order = chain.order(request_id)
        assert order
        assert order["status"] == "paid"


def test_after_a_first_up_an_order_goes_through(dev: Engine) -> None:
    assert dev.up().keys() == {"create"}
    pay_an_order(dev)


def test_a_second_up_changes_nothing(dev: Engine) -> None:
    before = values_of(dev)
    assert dev.up() == {}
    assert values_of(dev) == before


def test_a_setting_that_changes_with_every_run_would_be_seen(
    dev: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault that the test before this looks for: an input that is not the same in every run."""
    import uuid

    import pulumi_aws

    def run() -> None:
        run_program()
        pulumi_aws.sqs.Queue("planted", message_retention_seconds=60 + uuid.uuid4().int % 1000)

    monkeypatch.setattr(dev.stack.workspace, "program", run)
    assert dev.up() == {"create": {"aws:sqs/queue:Queue"}}
    assert dev.up() == {"update": {"aws:sqs/queue:Queue"}}
    monkeypatch.undo()
    assert dev.up() == {"delete": {"aws:sqs/queue:Queue"}}


def test_changed_settings_update_functions_queues_topics_and_alarms_in_place(dev: Engine) -> None:
    before = {each["urn"]: each["id"] for each in dev.resources()}
    dev.configure(
        {
            **SETTINGS,
            "functions": {**SETTINGS["functions"], "memory_megabytes": 1024},
            "queue": {"visibility_timeout_seconds": 77, "max_receive_count": 7},
            "alarms": {"email": "on-call@shop.test"},
            "delivery": {"max_receives_per_second": 7},
            "tags": {"team": "orders"},
        }
    )
    operations = dev.up()
    assert operations["update"] >= {
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:lambda/function:Function",
        "aws:sns/topic:Topic",
        "aws:sqs/queue:Queue",
    }
    assert "replace" not in operations
    after = {each["urn"]: each["id"] for each in dev.resources()}
    assert {urn: id_ for urn, id_ in after.items() if urn in before} == before
    functions = dev.emulator.client("lambda").list_functions()["Functions"]
    # Functions with a size of their own keep it.
    sizes = {each["MemorySize"] for each in functions}
    assert 1024 in sizes
    assert FunctionSettings().memory_megabytes not in sizes
    queue = dev.emulator.client("sqs").get_queue_attributes(
        QueueUrl=dev.outputs()["orders_queue_url"], AttributeNames=["VisibilityTimeout"]
    )
    assert queue["Attributes"]["VisibilityTimeout"] == "77"
    topic = dev.emulator.client("sns").get_topic_attributes(TopicArn=dev.outputs()["topic_arn"])["Attributes"]
    policy = json.loads(topic["DeliveryPolicy"])
    assert policy["http"]["defaultThrottlePolicy"] == {"maxReceivesPerSecond": 7}
    alarms = [each for each in dev.resources() if each["type"] == "aws:cloudwatch/metricAlarm:MetricAlarm"]
    assert {each["outputs"]["tags"]["team"] for each in alarms} == {"orders"}
    pay_an_order(dev)


def test_another_type_of_workflow_replaces_the_state_machine(dev: Engine) -> None:
    before = dev.outputs()["state_machine_arn"]
    dev.configure({**SETTINGS, "workflow": {"type": "EXPRESS"}})
    operations = dev.up()
    assert "aws:sfn/stateMachine:StateMachine" in operations["replace"]
    after = dev.outputs()["state_machine_arn"]
    machines = dev.emulator.client("stepfunctions").list_state_machines()["stateMachines"]
    types = {each["stateMachineArn"]: each["type"] for each in machines}
    assert types[after] == "EXPRESS"
    assert before not in types
    pay_an_order(dev)


def test_destroy_deletes_every_type_and_leaves_nothing(dev: Engine) -> None:
    deployed = {each["type"] for each in dev.resources()}
    dev.destroy()
    assert dev.provider.deleted_types >= deployed
    assert dev.resources() == []
    assert list_cloud(dev.emulator) == set()


def test_what_fails_halfway_is_completed_by_the_next_up(dev: Engine) -> None:
    dev.configure(SETTINGS)
    dev.provider.failing.add("order-events")
    assert "order-events fails in this test" in dev.fail_up()
    created = {each["urn"]: each["id"] for each in dev.resources()}
    assert created
    assert not dev.ids("aws:sns/topic:Topic").get("order-events")
    dev.provider.failing.clear()
    assert dev.up().keys() == {"create"}
    # What was there already was kept, and not created a second time.
    after = {each["urn"]: each["id"] for each in dev.resources()}
    assert created.items() <= after.items()
    assert dev.up() == {}
    pay_an_order(dev)
    dev.destroy()
    assert list_cloud(dev.emulator) == set()


def test_production_cannot_be_destroyed_by_a_command(prod: Engine) -> None:
    prod.up()
    before = {each["urn"]: each["id"] for each in prod.resources()}
    for preview in (True, False):
        assert "protected" in prod.fail_destroy(preview=preview)
        assert {each["urn"]: each["id"] for each in prod.resources()} == before
    assert prod.up() == {}


def test_a_secret_is_nowhere_in_the_state_in_plain_text(prod: Engine) -> None:
    files = [file for file in prod.state.rglob("*") if file.is_file()]
    assert any(b"ciphertext" in file.read_bytes() for file in files)
    for file in files:
        assert STRIPE_KEY.encode() not in file.read_bytes(), file
    assert STRIPE_KEY not in prod.stack._run_pulumi_cmd_sync(["stack", "export"]).stdout
    # The key is there for those who may decrypt the state: the emulator has it as the secret's value.
    (arn,) = prod.ids("aws:secretsmanager/secret:Secret").values()
    value = prod.emulator.client("secretsmanager").get_secret_value(SecretId=arn)
    assert STRIPE_KEY in value["SecretString"]


def test_production_can_be_destroyed_once_it_is_not_protected(prod: Engine) -> None:
    prod.configure(
        {**production(), "production": False, "protect": False, "tables": {"deletion_protection": False}},
        stripeApiKey=STRIPE_KEY,
    )
    prod.up()
    prod.destroy()
    assert list_cloud(prod.emulator) == set()
