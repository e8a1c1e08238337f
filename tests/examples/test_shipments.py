"""The failure this guards against: webhooks that only work in this repository's own program."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.settings import SETTINGS_KEY
from local.deployer import deploy
from local.emulator import running_emulator
from local.receiving import make_receiver
from local.sns.settings import DIRECTORY
from receiver import WebhookIds
from tests.support.chain import Chain
from tests.support.pulumi_graph import ROOT, Graph, record
from tests.support.waiting import wait_for

PROGRAM = ROOT / "examples" / "shipments" / "__main__.py"
ROUTE = "aws:apigatewayv2/route:Route"
CLIENT = "warehouse"


@pytest.fixture(scope="module")
def graph() -> Graph:
    # The interpreter that compiles the functions may have to be downloaded.
    config = {SETTINGS_KEY: json.dumps({"functions": {"bytecode": False}})}
    return record(lambda: runpy.run_path(str(PROGRAM), run_name="__main__") and None, config=config)


def test_it_has_the_routes_of_webhooks_and_none_of_orders(graph: Graph) -> None:
    routes = {each.inputs["routeKey"] for each in graph.of_type(ROUTE)}
    assert {"POST /webhooks", "GET /webhooks/{webhook_id}", "POST /webhooks/{webhook_id}/test"} <= routes
    assert not [route for route in routes if "orders" in route]
    assert {each.inputs["authorizationType"] for each in graph.of_type(ROUTE)} == {"AWS_IAM"}
    assert not graph.of_type("aws:sfn/stateMachine:StateMachine")


def test_it_makes_nothing_that_only_orders_need(graph: Graph) -> None:
    tables = {each.name for each in graph.of_type("aws:dynamodb/table:Table")}
    assert tables == {"store-webhooks", "store-deliveries"}
    functions = {each.inputs["handler"] for each in graph.of_type("aws:lambda/function:Function")}
    assert not [each for each in functions if "order" in each or "inform_client" in each]


def test_its_publisher_is_admitted_by_the_topics_policy(graph: Graph) -> None:
    (topic,) = graph.of_type("aws:sns/topicPolicy:TopicPolicy")
    role = graph.named("aws:iam/role:Role", "shipping")
    (refusal,) = [
        each["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
        for each in topic.document("policy")["Statement"]
        if "ArnNotEquals" in each.get("Condition", {})
    ]
    assert role.arn in refusal
    may = graph.named("aws:iam/rolePolicy:RolePolicy", "shipping").document("policy")["Statement"]
    assert "sns:Publish" in json.dumps(may)


def test_a_route_may_invoke_its_function_alone(graph: Graph) -> None:
    permissions = graph.of_type("aws:lambda/permission:Permission")
    granted = {each.inputs["sourceArn"].partition("/*/")[2] for each in permissions}
    routes = {each.inputs["routeKey"] for each in graph.of_type(ROUTE)}
    assert granted >= {route.replace(" ", "").replace("{webhook_id}", "*") for route in routes}


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    settings = {
        "api": {"auth": "none"},
        "functions": {"build_for": "host"},
        "allow_http_webhooks": True,
    }
    webhook_ids = WebhookIds()
    with running_emulator(work_directory=tmp_path, extra_environment={DIRECTORY: str(tmp_path)}) as emulator:
        outputs = deploy(PROGRAM, settings=settings, stack="shipments", cloud=emulator)
        with make_receiver(
            emulator,
            tmp_path,
            topic_arn=outputs["topic_arn"],
            clients={CLIENT: CLIENT},
            webhook_ids=webhook_ids,
        ) as receiver:
            yield Chain(emulator, receiver, webhook_ids, outputs)


@pytest.mark.slow
@pytest.mark.e2e
def test_a_webhook_is_registered_confirmed_and_called(chain: Chain) -> None:
    webhook_id = chain.register(CLIENT, CLIENT).body["webhook_id"]

    def active() -> bool:
        shown = chain.call("GET", f"/webhooks/{webhook_id}", x_client_id=CLIENT)
        return bool(shown.body["status"] == "active")

    wait_for(active, "the confirmation")
    sent = chain.call("POST", f"/webhooks/{webhook_id}/test", {}, x_client_id=CLIENT)
    assert sent.status == 202, json.dumps(sent.body)
    hook = chain.receiver.hook(CLIENT)
    (event,) = wait_for(lambda: hook.events, "the test event")
    assert (event.id, event.client_id) == (sent.body["event_id"], CLIENT)

    publish_shipment(chain, webhook_id)
    _, event = wait_for(lambda: len(hook.events) > 1 and hook.events, "the shipment")
    assert (event.type, event.client_id, event.data) == ("shipment.sent", CLIENT, {"parcels": 3})


def publish_shipment(chain: Chain, webhook_id: str) -> None:
    """Publish as docs/adopting.md describes for the publisher of another service."""
    document = {
        "specversion": "1.0",
        "id": "shipment-1",
        "source": "urn:shipments",
        "type": "shipment.sent",
        "subject": "1",
        "time": "2026-11-27T09:30:00.000Z",
        "clientid": CLIENT,
        "data": {"parcels": 3},
    }
    chain.emulator.client("sns").publish(
        TopicArn=chain.outputs["topic_arn"],
        Message=json.dumps(document),
        MessageAttributes={
            "client_id": {"DataType": "String", "StringValue": CLIENT},
            "audience": {"DataType": "String.Array", "StringValue": json.dumps([webhook_id])},
        },
    )
