"""Every alarm watches something that exists, goes off when it should, and has its page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.alarm_state import Reported, state
from tests.support.aws_metrics import REPORTED_BY_AWS
from tests.support.pulumi_graph import ROOT, Graph, Resource
from tools.docs_generator.monitoring import metrics_of

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
FUNCTION = "aws:lambda/function:Function"
MACHINE = "aws:sfn/stateMachine:StateMachine"
QUEUE = "aws:sqs/queue:Queue"
HOUR = 3_600


@pytest.fixture(params=["STANDARD", "EXPRESS"])
def either(request: pytest.FixtureRequest, graph: Graph, express_graph: Graph) -> Graph:
    return graph if request.param == "STANDARD" else express_graph


def watching(graph: Graph, metric_name: str) -> dict[str, Resource]:
    """The alarms on a metric, by the value of its one dimension."""
    return {
        value: alarm
        for alarm in graph.of_type(ALARM)
        for _, name, dimensions in metrics_of(alarm)
        for value in dimensions.values()
        if name == metric_name
    }


def named(graph: Graph, type_: str) -> set[str]:
    return {each.outputs["name"] for each in graph.of_type(type_)}


def test_every_function_is_watched(either: Graph) -> None:
    functions = named(either, FUNCTION)
    assert functions
    assert watching(either, "Errors").keys() == functions
    assert watching(either, "Throttles").keys() == functions


def test_every_workflow_of_either_type_is_watched(either: Graph) -> None:
    machines = {each.arn for each in either.of_type(MACHINE)}
    for metric in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionThrottled"):
        assert watching(either, metric).keys() == machines
    assert {each.inputs["type"] for each in either.of_type(MACHINE)} <= {"STANDARD", "EXPRESS"}


def test_every_queue_is_watched(either: Graph) -> None:
    """By its oldest message, or, if nothing consumes it, by whether it has any."""
    working = {each.outputs["name"] for each in either.of_type(QUEUE) if "redrivePolicy" in each.inputs}
    assert watching(either, "ApproximateAgeOfOldestMessage").keys() == working
    dead_letters = named(either, QUEUE) - working
    assert watching(either, "ApproximateNumberOfMessagesVisible").keys() == dead_letters
    assert dead_letters


def test_the_api_is_watched(graph: Graph) -> None:
    assert watching(graph, "5xx").keys() == {"a1b2c3d4e5"}


def test_every_alarm_watches_what_is_reported_by_the_dimensions_it_is_reported_by(either: Graph) -> None:
    of_functions = {
        *("OrdersDeferred", "UnhandledErrors", "RedeliveryRunsCompleted", "OldestDueSeconds"),
        *("DeliveriesDead", "SilentPublicationsPercent", "WebhookTopicUsedPercent"),
    }
    for alarm in either.of_type(ALARM):
        for namespace, name, dimensions in metrics_of(alarm):
            if namespace == "order-webhooks/test":
                names, dimension_names = of_functions, {"service"}
            else:
                names, dimension_names = REPORTED_BY_AWS[namespace]
            assert name in names, alarm.name
            assert set(dimensions) == dimension_names, alarm.name


def test_every_alarm_tells_the_ops_topic_also_when_it_is_over(graph: Graph) -> None:
    topic = graph.named("aws:sns/topic:Topic", "ops")
    for alarm in graph.of_type(ALARM):
        assert alarm.inputs["alarmActions"] == alarm.inputs["okActions"] == [topic.arn]


# By the end of the alarm's name, the longest that fits: what must wake somebody, and what must not.
CASES: dict[str, tuple[list[Reported], list[Reported]]] = {
    "api-5xx": (
        [{"5xx": [[1, 1, 1]], "Count": [[100, 100, 100]]}, {"5xx": [[3]], "Count": [[3]]}],
        [
            {"5xx": [[2]], "Count": [[2]]},
            {"5xx": [[3]], "Count": [[301]]},
            {"5xx": [[0]], "Count": [[9]]},
            {},
        ],
    ),
    "orders-wait": (
        [{"ApproximateAgeOfOldestMessage": [[30, 600, 20]]}],
        [{"ApproximateAgeOfOldestMessage": [[599, 599]]}, {}],
    ),
    "orders-deferred": (
        [{"OrdersDeferred": [[1], [1]]}],
        # An outage of minutes, which the queue rides out.
        [{"OrdersDeferred": [[1] * 500, []]}, {"OrdersDeferred": [[], [1] * 500]}, {}],
    ),
    # However many requests there are: this is a mistake of ours.
    "api-unhandled-errors": ([{"UnhandledErrors": [[1, 1, 1]]}], [{"UnhandledErrors": [[1, 1]]}, {}]),
    # A metric that stops has no values, and that is the fault.
    "redelivery-stopped": ([{}], [{"RedeliveryRunsCompleted": [[1]]}]),
    "redelivery-behind": (
        [{"OldestDueSeconds": [[0, HOUR, 0]]}],
        [{"OldestDueSeconds": [[HOUR - 1] * 5]}, {}],
    ),
    "deliveries-dead": ([{"DeliveriesDead": [[1]]}], [{"DeliveriesDead": [[0]]}, {}]),
    "deliveries-silent": (
        [{"SilentPublicationsPercent": [[0, 5]]}],
        [{"SilentPublicationsPercent": [[4, 4]]}, {}],
    ),
    "undelivered-wait": (
        [{"ApproximateAgeOfOldestMessage": [[HOUR]]}],
        [{"ApproximateAgeOfOldestMessage": [[HOUR - 1]]}, {}],
    ),
    "record-deliveries-failed-wait": (
        [{"ApproximateAgeOfOldestMessage": [[HOUR]]}],
        [{"ApproximateAgeOfOldestMessage": [[HOUR - 1]]}, {}],
    ),
    "-not-forwarded": ([{"DeliveryErrors": [[1]]}], [{"DeliveryErrors": [[0]]}, {}]),
    "-forwarding-throttled": ([{"DeliveryThrottling": [[1]]}], [{"DeliveryThrottling": [[0]]}, {}]),
    "-events-dropped": ([{"AsyncEventsDropped": [[1]]}], [{"AsyncEventsDropped": [[0]]}, {}]),
    "-destination-failed": (
        [{"DestinationDeliveryFailures": [[1]]}],
        [{"DestinationDeliveryFailures": [[0]]}, {}],
    ),
    "topics-nearly-full": (
        [{"WebhookTopicUsedPercent": [[10, 80]]}],
        [{"WebhookTopicUsedPercent": [[79]]}, {}],
    ),
    "-depth": (
        [{"ApproximateNumberOfMessagesVisible": [[0, 1, 1]]}],
        [{"ApproximateNumberOfMessagesVisible": [[0, 0]]}, {}],
    ),
    "-executions-failed": ([{"ExecutionsFailed": [[0, 1]]}], [{"ExecutionsFailed": [[0]]}, {}]),
    "-executions-timed-out": ([{"ExecutionsTimedOut": [[1]]}], [{"ExecutionsTimedOut": [[0]]}, {}]),
    "-executions-throttled": (
        [{"ExecutionThrottled": [[1], [2], [1]]}],
        [{"ExecutionThrottled": [[9], [9]]}, {"ExecutionThrottled": [[9], [], [9]]}, {}],
    ),
    "-errors": ([{"Errors": [[1, 1, 1]]}], [{"Errors": [[1, 1]]}, {}]),
    # One order makes nine of them while the gateway does not answer.
    "process-payment-errors": ([{"Errors": [[9, 9, 7]]}], [{"Errors": [[9, 9]]}, {}]),
    "release-payment-errors": ([{"Errors": [[25]]}], [{"Errors": [[24]]}, {}]),
    "-throttles": ([{"Throttles": [[3]]}], [{"Throttles": [[2]]}, {}]),
}


def test_every_alarm_goes_off_when_it_should_and_at_no_other_time(either: Graph) -> None:
    used = set()
    for alarm in either.of_type(ALARM):
        case = max((each for each in CASES if alarm.name.endswith(each)), key=len)
        used.add(case)
        wakes, lets_sleep = CASES[case]
        names = {name for _, name, _ in metrics_of(alarm)}
        for reported in wakes:
            assert reported.keys() <= names, alarm.name
            assert state(alarm.inputs, reported) == "ALARM", alarm.name
        for reported in lets_sleep:
            assert state(alarm.inputs, reported) == "OK", alarm.name
    assert used == CASES.keys()


def test_redeliver_that_stops_sets_off_an_alarm(graph: Graph) -> None:
    alarm = graph.named(ALARM, "redelivery-stopped")
    assert state(alarm.inputs, {}) == "ALARM"
    assert state(alarm.inputs, {"RedeliveryRunsCompleted": [[1] * 15]}) == "OK"


def test_the_path_of_signals_is_watched(graph: Graph) -> None:
    """Each subscription filter, and the invocations that Lambda drops or cannot keep."""
    filters = graph.of_type("aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter")
    names = {each.outputs["name"] for each in filters}
    assert names <= watching(graph, "DeliveryErrors").keys()
    assert names <= watching(graph, "DeliveryThrottling").keys()
    recorder = graph.named(FUNCTION, "record-deliveries").outputs["name"]
    assert watching(graph, "AsyncEventsDropped").keys() == {recorder}
    assert watching(graph, "DestinationDeliveryFailures").keys() == {recorder}


def sections() -> set[str]:
    """The runbook's sections for alarms, by the anchor that their heading makes."""
    text = (ROOT / "docs" / "runbook.md").read_text()
    headings = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert len(headings) == len(set(headings))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_alarm_names_its_section_of_the_runbook_and_no_section_is_left_over(either: Graph) -> None:
    named_sections = set()
    for alarm in either.of_type(ALARM):
        description = alarm.inputs["alarmDescription"]
        section = re.search(r" See docs/runbook\.md#([\w-]+)$", description)
        assert section, description
        named_sections.add(section[1])
    assert named_sections == sections()


def test_the_runbooks_commands_use_outputs_that_the_stack_has(graph: Graph) -> None:
    text = (ROOT / "docs" / "runbook.md").read_text()
    used = set(re.findall(r"\boutput (\w+_\w+)", text))
    assert used
    assert used <= graph.outputs.keys()


def test_the_ops_topic_takes_this_stacks_alarms_and_nothing_else(graph: Graph) -> None:
    topic = graph.named("aws:sns/topic:Topic", "ops")
    policy = graph.named("aws:sns/topicPolicy:TopicPolicy", "ops")
    assert policy.inputs["arn"] == topic.arn
    refusal, refusal_of_others, admitted = policy.document("policy")["Statement"]
    assert refusal["Effect"] == "Deny"
    assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    # Without it a principal of the account with sns:Publish on * could publish.
    assert refusal_of_others == {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": topic.arn,
        "Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
    }
    alarms = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:order-webhooks-test-*"
    assert admitted == {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic.arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": alarms}},
    }
    for alarm in graph.of_type(ALARM):
        assert alarm.arn.startswith(alarms.removesuffix("*"))
        # Pulumi adds a random suffix.
        assert re.search(rf"-{alarm.name}-[0-9a-z]+$", alarm.arn)


@pytest.mark.variation
@pytest.mark.parametrize("email", [None, "ops@shop.example"])
def test_alarms_are_mailed_to_whom_the_settings_name(
    email: str | None, graph: Graph, chosen_graph: Graph
) -> None:
    recorded = chosen_graph if email else graph
    topic = recorded.named("aws:sns/topic:Topic", "ops")
    mailed = [
        each.inputs
        for each in recorded.of_type("aws:sns/topicSubscription:TopicSubscription")
        if each.inputs["topic"] == topic.arn
    ]
    expected: list[Any] = [{"topic": topic.arn, "protocol": "email", "endpoint": email}] if email else []
    assert mailed == expected
