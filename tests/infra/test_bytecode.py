from __future__ import annotations

import sys

import pytest

from infra.packaging import archives
from tests.support.pulumi_graph import Graph, record_main

pytestmark = pytest.mark.variation

TAG = sys.implementation.cache_tag


def names_in(graph: Graph, type_: str, name: str) -> set[str]:
    return {each for each, _ in archives.contents(graph.named(type_, name).inputs["code"])}


@pytest.fixture(scope="module")
def graph() -> Graph:
    return record_main({"functions": {"build_for": "host", "bytecode": True}})


def test_the_functions_and_their_layer_have_bytecode(graph: Graph) -> None:
    code = names_in(graph, "aws:lambda/function:Function", "accept-order")
    layer = names_in(graph, "aws:lambda/layerVersion:LayerVersion", "dependencies")

    assert f"functions/handlers/__pycache__/accept_order.{TAG}.pyc" in code
    assert len([each for each in code if each.endswith(".pyc")]) * 2 == len(code)
    assert f"python/pydantic/__pycache__/main.{TAG}.pyc" in layer


def test_a_setting_leaves_it_out() -> None:
    graph = record_main({"functions": {"build_for": "host", "bytecode": False}})

    code = names_in(graph, "aws:lambda/function:Function", "accept-order")
    assert not [each for each in code if not each.endswith(".py")]
