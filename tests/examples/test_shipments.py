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
