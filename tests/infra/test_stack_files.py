"""The settings files of the repository, and what must differ between them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.support.pulumi_graph import PROJECT, ROOT, Graph, record_main


def settings_of(stack: str) -> dict[str, Any] | None:
    file = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())
    return file["config"].get(f"{PROJECT}:settings")


@pytest.fixture(scope="module")
def dev() -> Graph:
    return record_main(settings_of("dev"))


@pytest.fixture(scope="module")
def prod() -> Graph:
    return record_main(settings_of("prod"))


def test_development_needs_no_settings() -> None:
    assert settings_of("dev") is None


def test_both_stacks_have_the_same_resources(dev: Graph, prod: Graph) -> None:
    assert {(each.type, each.name) for each in dev.resources} == {
        (each.type, each.name) for each in prod.resources
    }


@pytest.mark.parametrize(
    ("type_", "field", "in_dev", "in_prod"),
    [
        ("aws:dynamodb/table:Table", "deletionProtectionEnabled", False, True),
        ("aws:cloudwatch/logGroup:LogGroup", "retentionInDays", 30, 365),
    ],
)
def test_production_is_kept_safer_and_longer(dev: Graph, prod: Graph, type_, field, in_dev, in_prod) -> None:
    assert {each.inputs[field] for each in dev.of_type(type_)} == {in_dev}
    assert {each.inputs[field] for each in prod.of_type(type_)} == {in_prod}


def test_both_stacks_sign_encrypt_and_authenticate_alike(dev: Graph, prod: Graph) -> None:
    for graph in (dev, prod):
        topic = graph.named("aws:sns/topic:Topic", "order-events")
        assert topic.inputs["signatureVersion"] == 2
        routes = {r.inputs["routeKey"]: r.inputs for r in graph.of_type("aws:apigatewayv2/route:Route")}
        assert routes["POST /orders"]["authorizationType"] == "AWS_IAM"
