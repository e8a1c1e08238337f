"""The stack's resources and the calls between them, from the program graph.

This module decides which types are nodes and which are edges. Roles, function logs, and queue and topic
policies are left out of the diagrams on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tools.docs_generator.actions import word_for
from tools.docs_generator.flowchart import Chart, Edge, Node, Shape
from tools.docs_generator.index import Index
from tools.program_graph import Graph, Resource

API = "aws:apigatewayv2/api:Api"
FUNCTION = "aws:lambda/function:Function"
QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"
TABLE = "aws:dynamodb/table:Table"
WORKFLOW = "aws:sfn/stateMachine:StateMachine"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type's name

_SHAPES: dict[str, tuple[Shape, str]] = {
    API: ("box", "HTTP API"),
    FUNCTION: ("box", "{} λ"),
    QUEUE: ("queue", "{}"),
    TABLE: ("store", "{}"),
    SECRET: ("store", "{}"),
    TOPIC: ("topic", "{}"),
    WORKFLOW: ("workflow", "workflow {}"),
}
API_KEY, EVENTS = "api api", "order-events"
WORKFLOW_KEY = "statemachine order"
CLIENT, WEBHOOK, ON_CALL, SUBSCRIPTIONS = "client", "webhook", "on call", "subscriptions"
SCHEDULE = "schedule"
_OUTSIDE = (
    Node(CLIENT, "client", "outside"),
    Node(WEBHOOK, "client's webhook", "outside"),
    Node(ON_CALL, "on call", "outside"),
    Node(SUBSCRIPTIONS, "SNS subscriptions", "outside"),
    Node(SCHEDULE, "EventBridge Scheduler", "outside"),
)
_GATEWAYS = {"stripe": "Stripe"}


def chart_of(graph: Graph) -> Chart:
    """Return everything that processes orders, with the calls between its parts."""
    index = Index(graph, tuple(_SHAPES))
    gateways = sorted({gateway for each in graph.of_type(FUNCTION) if (gateway := _gateway_of(each))})
    outside = [*_OUTSIDE, *(Node(each, _GATEWAYS[each], "outside") for each in gateways)]
    nodes = [_node(index, each) for type_ in _SHAPES for each in _by_name(graph, type_)]
    edges = [
        Edge(CLIENT, index.key(_by_name(graph, API)[0])),
        *_routes(graph, index),
        *_mappings(graph, index),
        *_logs(graph, index),
        *_schedules(graph, index),
        *_calls(index),
        *_payments(graph, index),
        *_subscriptions(graph, index),
        *_dead_letters(graph, index),
    ]
    return Chart([*outside, *nodes], edges)


def order_charts(chart: Chart) -> dict[str, Chart]:
    """Return the intake, what the workflow calls, the way of its event to the webhook, other requests."""
    topic = f"topic {EVENTS}"
    others = [edge for edge in chart.edges if edge.source == API_KEY and edge.label != "POST /orders"]
    intake = chart.following(CLIENT, without=others, until=WORKFLOW_KEY)
    return {
        "intake": intake,
        "workflow": _labelled_at_target(chart.following(WORKFLOW_KEY, until=topic), WORKFLOW_KEY),
        "event": chart.only(dict.fromkeys([*chart.following(topic).edges, *chart.following(SCHEDULE).edges])),
        "order-requests": _requests(chart, [edge for edge in others if not _is_about_webhooks(edge)]),
        "webhook-requests": _requests(chart, [edge for edge in others if _is_about_webhooks(edge)]),
    }


def _requests(chart: Chart, routes: Sequence[Edge]) -> Chart:
    """Return what some of the API's functions call; the API itself would only widen the diagram."""
    functions = {edge.target for edge in routes}
    calls = [edge for edge in chart.edges if edge.source in functions]
    labelled = _labelled_at_target(chart.only([*routes, *calls]), API_KEY)
    return Chart([node for node in labelled.nodes if node.key != API_KEY], calls)


def _is_about_webhooks(route: Edge) -> bool:
    return "/webhooks" in route.label


def _labelled_at_target(chart: Chart, source: str) -> Chart:
    """Return a chart with the labels of one node's arrows in their targets, which takes less width."""
    labels: dict[str, list[str]] = {}
    for edge in chart.edges:
        if edge.source == source:
            labels.setdefault(edge.target, []).append(edge.label)
    nodes = [
        replace(node, label="<br/>".join([node.label, *labels.get(node.key, [])])) for node in chart.nodes
    ]
    edges = [replace(edge, label="") if edge.source == source else edge for edge in chart.edges]
    return Chart(nodes, list(dict.fromkeys(edges)))


def _node(index: Index, resource: Resource) -> Node:
    shape, label = _SHAPES[resource.type]
    return Node(index.key(resource), label.format(resource.name), shape, index.component(resource))


def _by_name(graph: Graph, type_: str) -> list[Resource]:
    return sorted(graph.of_type(type_), key=lambda each: each.name)


def _routes(graph: Graph, index: Index) -> Iterator[Edge]:
    integrations = {
        f"integrations/{each.name}-id": each.inputs["integrationUri"]
        for each in graph.of_type("aws:apigatewayv2/integration:Integration")
    }
    api = index.key(graph.of_type(API)[0])
    for route in _by_name(graph, "aws:apigatewayv2/route:Route"):
        function = index.by_output("invokeArn", integrations[route.inputs["target"]])
        yield Edge(api, function, route.inputs["routeKey"])


def _mappings(graph: Graph, index: Index) -> Iterator[Edge]:
    for each in _by_name(graph, "aws:lambda/eventSourceMapping:EventSourceMapping"):
        queue = index.by_output("arn", each.inputs["eventSourceArn"])
        function = index.by_output("name", each.inputs["functionName"], FUNCTION)
        yield Edge(queue, function, f"batches of up to {each.inputs['batchSize']:g}")


def _logs(graph: Graph, index: Index) -> Iterator[Edge]:
    """Yield an edge from each topic to the function that its delivery logs are handed to."""
    for topic in _by_name(graph, TOPIC):
        for each in _by_name(graph, "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"):
            if each.inputs["logGroup"].endswith(f"/{topic.outputs['name']}"):
                function = index.by_output("arn", each.inputs["destinationArn"])
                yield Edge(index.key(topic), function, "every delivery's log entry")


def _schedules(graph: Graph, index: Index) -> Iterator[Edge]:
    for each in _by_name(graph, "aws:scheduler/schedule:Schedule"):
        function = index.by_output("arn", each.inputs["target"]["arn"])
        yield Edge(SCHEDULE, function, each.inputs["scheduleExpression"])


def _calls(index: Index) -> Iterator[Edge]:
    """Yield an edge from each caller to each resource that its role may access."""
    states = index.states_by_function()
    in_order = list(states)
    for caller, allowed in index.permissions():
        words: dict[str, set[str]] = {}
        for action, arn in allowed:
            word = word_for(action)
            target = SUBSCRIPTIONS if arn == "*" and action.startswith("sns:") else index.find("arn", arn)
            if word and target:
                words.setdefault(target, set()).add(word)
        for target in sorted(words, key=lambda each: (each in states and in_order.index(each), each)):
            yield Edge(caller, target, ", ".join(states.get(target) or sorted(words[target])))


def _payments(graph: Graph, index: Index) -> Iterator[Edge]:
    for function in _by_name(graph, FUNCTION):
        gateway = _gateway_of(function)
        if gateway:
            yield Edge(index.key(function), gateway)


def _gateway_of(function: Resource) -> str | None:
    provider = function.inputs["environment"]["variables"].get("PAYMENT_PROVIDER")
    return provider if provider in _GATEWAYS else None


def _subscriptions(graph: Graph, index: Index) -> Iterator[Edge]:
    drawn = set()
    for each in _by_name(graph, "aws:sns/topicSubscription:TopicSubscription"):
        topic = index.by_output("arn", each.inputs["topic"])
        if each.inputs["protocol"] == "email":
            drawn.add(Edge(topic, ON_CALL, "email"))
            continue
        drawn.add(Edge(topic, WEBHOOK, "signed, retried"))
        queue = index.by_output("arn", each.document("redrivePolicy")["deadLetterTargetArn"])
        drawn.add(Edge(topic, queue, "every attempt failed", failing=True))
    yield from sorted(drawn, key=lambda edge: (edge.failing, edge.source, edge.target))


def _dead_letters(graph: Graph, index: Index) -> Iterator[Edge]:
    for each in _by_name(graph, QUEUE):
        if "redrivePolicy" in each.inputs:
            policy = each.document("redrivePolicy")
            target = index.by_output("arn", policy["deadLetterTargetArn"])
            yield Edge(index.key(each), target, f"received {policy['maxReceiveCount']:g} times", failing=True)
