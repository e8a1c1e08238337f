"""The program's routes and the document's operations are the same."""

from __future__ import annotations

from infra.api.routes import DEFAULT_ROUTE
from tests.support.interface import operations
from tests.support.pulumi_graph import Graph

ROUTE = "aws:apigatewayv2/route:Route"


def test_every_route_is_documented_and_nothing_else(graph: Graph) -> None:
    routes = {each.inputs["routeKey"] for each in graph.of_type(ROUTE)}
    assert routes == {DEFAULT_ROUTE} | {f"{method} {path}" for method, path, _ in operations()}


def test_who_may_call_is_what_the_document_says(graph: Graph) -> None:
    routes = {each.inputs["routeKey"]: each.inputs for each in graph.of_type(ROUTE)}
    for method, path, operation in operations():
        is_open = "authorizationType" not in routes[f"{method} {path}"]
        assert is_open is (operation.get("security") == []), (method, path)


def test_an_operation_is_served_by_the_function_of_its_name(graph: Graph) -> None:
    integrations = {
        f"integrations/{each.outputs.get('id', each.name + '-id')}": each.inputs["integrationUri"]
        for each in graph.of_type("aws:apigatewayv2/integration:Integration")
    }
    functions = {
        each.outputs["invokeArn"]: each.inputs["handler"]
        for each in graph.of_type("aws:lambda/function:Function")
    }
    served = {
        each.inputs["routeKey"]: functions[integrations[each.inputs["target"]]]
        for each in graph.of_type(ROUTE)
    }
    for method, path, operation in operations():
        assert served[f"{method} {path}"] == f"functions.handlers.{operation['operationId']}.handle"
