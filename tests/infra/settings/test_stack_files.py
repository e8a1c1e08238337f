"""The settings files of the repository, and what must differ between them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.support.pulumi_graph import PROJECT, ROOT, Graph
from tests.support.variations import VARIATIONS, stack_settings

pytestmark = pytest.mark.variation

LOCK = "orders:protection:DestroyLock"


@pytest.fixture(scope="module")
def dev() -> Graph:
    return VARIATIONS["dev"].record()


@pytest.fixture(scope="module")
def prod() -> Graph:
    return VARIATIONS["prod"].record()


def values(graph: Graph, type_: str, field: str) -> set[Any]:
    found = graph.of_type(type_)
    assert found, f"there is no {type_}"
    return {each.inputs.get(field) for each in found}


# What differs

# Redeliver has a whole processor in every stack, and the functions behind the API have a size of their own.
OWN_MEMORY = {1769, 1024}


@pytest.mark.parametrize(
    ("type_", "field", "in_dev", "in_prod"),
    [
        ("aws:dynamodb/table:Table", "deletionProtectionEnabled", False, True),
        ("aws:cloudwatch/logGroup:LogGroup", "retentionInDays", 30, 365),
        ("aws:lambda/function:Function", "memorySize", 256, 512),
    ],
)
def test_production_is_kept_safer_longer_and_larger(
    dev: Graph, prod: Graph, type_, field, in_dev, in_prod
) -> None:
    assert values(dev, type_, field) - OWN_MEMORY == {in_dev}
    assert values(prod, type_, field) - OWN_MEMORY == {in_prod}


def test_production_takes_more_requests_and_more_orders_at_once(dev: Graph, prod: Graph) -> None:
    def capacity(graph: Graph) -> tuple[float, ...]:
        limits = graph.named("aws:apigatewayv2/stage:Stage", "api").inputs["defaultRouteSettings"]
        consumer = graph.named("aws:lambda/eventSourceMapping:EventSourceMapping", "orders").inputs
        return (
            limits["throttlingRateLimit"],
            limits["throttlingBurstLimit"],
            consumer["scalingConfig"]["maximumConcurrency"],
        )

    assert capacity(dev) == (100, 200, 10)
    assert capacity(prod) == (500, 1000, 50)


def test_production_alone_protects_what_lasts(dev: Graph, prod: Graph) -> None:
    assert dev.protected == set()
    lasting = {
        LOCK,
        "aws:apigatewayv2/api:Api",
        "aws:dynamodb/table:Table",
        "aws:secretsmanager/secret:Secret",
        "aws:sns/topic:Topic",
        "aws:sqs/queue:Queue",
    }
    assert prod.protected == {(each.type, each.name) for each in prod.resources if each.type in lasting}


def test_a_destruction_of_production_begins_with_what_is_protected(dev: Graph, prod: Graph) -> None:
    (lock,) = [each.name for each in prod.resources if each.type == LOCK]
    assert prod.dependencies[(LOCK, lock)] == {
        (each.type, each.name) for each in prod.resources if each.custom
    }
    # Elsewhere nothing depends on it, and single resources can be destroyed.
    assert dev.dependencies[(LOCK, lock)] == set()


def test_production_alone_wakes_somebody(dev: Graph, prod: Graph) -> None:
    type_ = "aws:sns/topicSubscription:TopicSubscription"
    assert dev.of_type(type_) == []
    (mail,) = prod.of_type(type_)
    assert mail.inputs["protocol"] == "email"
    assert mail.inputs["topic"] == prod.named("aws:sns/topic:Topic", "ops").arn


def test_production_alone_takes_money(dev: Graph, prod: Graph) -> None:
    for graph, provider in ((dev, "simulated"), (prod, "stripe")):
        function = graph.named("aws:lambda/function:Function", "process-payment")
        assert function.inputs["environment"]["variables"]["PAYMENT_PROVIDER"] == provider


# What does not


def test_development_needs_no_settings() -> None:
    assert stack_settings("dev") is None


def test_both_stacks_have_the_same_resources_otherwise(dev: Graph, prod: Graph) -> None:
    in_dev, in_prod = ({(each.type, each.name) for each in graph.resources} for graph in (dev, prod))
    assert in_dev <= in_prod
    assert in_prod - in_dev == {
        ("aws:secretsmanager/secret:Secret", "payment-key"),
        ("aws:secretsmanager/secretVersion:SecretVersion", "payment-key"),
        ("aws:sns/topicSubscription:TopicSubscription", "ops"),
    }


# Everything that the settings of production may change, by type; the rest is compared whole.
MAY_DIFFER = {
    "aws:apigatewayv2/stage:Stage": {"defaultRouteSettings"},
    "aws:cloudwatch/logGroup:LogGroup": {"retentionInDays"},
    "aws:dynamodb/table:Table": {"deletionProtectionEnabled"},
    "aws:lambda/eventSourceMapping:EventSourceMapping": {"scalingConfig"},
    "aws:lambda/function:Function": {"memorySize"},
}
# The payment functions know their provider, and may read its key.
OF_THE_PAYMENT = {"process-payment", "release-payment"}


def comparable(value: Any) -> Any:
    """Archives know no equality: what they hold is compared."""
    fields = value if isinstance(value, dict) else getattr(value, "__dict__", None)
    return value if fields is None else {key: comparable(each) for key, each in fields.items()}


def test_nothing_else_differs(dev: Graph, prod: Graph) -> None:
    for one in dev.resources:
        if one.name in OF_THE_PAYMENT and one.type in (
            "aws:lambda/function:Function",
            "aws:iam/rolePolicy:RolePolicy",
        ):
            continue
        other = prod.named(one.type, one.name)
        may_differ = MAY_DIFFER.get(one.type, set())
        inputs, others = (
            {key: comparable(value) for key, value in each.inputs.items() if key not in may_differ}
            for each in (one, other)
        )
        assert inputs == others, f"{one.type} {one.name}"


def test_both_stacks_sign_and_authenticate(dev: Graph, prod: Graph) -> None:
    for graph in (dev, prod):
        assert graph.named("aws:sns/topic:Topic", "order-events").inputs["signatureVersion"] == 2
        routes = {r.inputs["routeKey"]: r.inputs for r in graph.of_type("aws:apigatewayv2/route:Route")}
        public = {key for key, route in routes.items() if route.get("authorizationType") != "AWS_IAM"}
        assert public == {"GET /health", "$default"}


def test_both_stacks_are_in_the_same_region_and_project() -> None:
    files = [yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text()) for stack in ("dev", "prod")]
    assert {file["config"]["aws:region"] for file in files} == {"eu-west-1"}
    assert {key.partition(":")[0] for file in files for key in file["config"]} == {"aws", PROJECT}
