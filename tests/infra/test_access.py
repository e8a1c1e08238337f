"""Who may do what: exactly what the code does, and nothing else."""

from __future__ import annotations

import fnmatch
import importlib
import itertools
import json
import re

import parliament
import pulumi
import pytest

from functions.handlers import accept_order
from functions.runtime.environment import variables
from infra.access import GrantedRole
from infra.iam import WILDCARD_REASONS, allow, allow_everywhere, document
from infra.work_queue import WorkQueue, WorkQueueArgs
from tests.support.policies import allowed, as_list, statements
from tests.support.pulumi_graph import Graph, record, record_main

EVERY_FUNCTION_SETS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE"}


def test_every_wildcard_has_its_reason(graph: Graph) -> None:
    for resource, statement in statements(graph):
        if statement["Effect"] == "Deny":
            continue
        actions = as_list(statement["Action"])
        assert not [action for action in actions if "*" in action], resource.name
        assert statement.get("Principal") != "*", resource.name
        if "*" in as_list(statement.get("Resource", [])):
            assert set(actions) <= set(WILDCARD_REASONS), resource.name
        for arn in as_list(statement.get("Resource", [])):
            # The streams of a function's own log group: Lambda names them. And the logs of all topics: a
            # hundred ARNs would not fit into a policy.
            is_log = ":log-group:" in arn
            pattern = re.search(r":\*$|:sns/.*/order-events-\*$", arn) if is_log else None
            assert arn == "*" or "*" not in arn.removesuffix(pattern[0] if pattern else ""), arn


def test_a_wildcard_without_a_reason_cannot_be_written() -> None:
    with pytest.raises(ValueError, match=r"no reason is written down for a \* on sqs:SendMessage"):
        allow_everywhere(["sqs:SendMessage", "xray:PutTraceSegments"])


@pytest.mark.variation
def test_every_reason_is_still_needed() -> None:
    used = {
        action
        for _, statement in statements(record_main({"tracing": True}))
        if as_list(statement.get("Resource")) == ["*"]
        for action in as_list(statement["Action"])
    }
    assert used == set(WILDCARD_REASONS)


def test_every_service_principal_acts_for_a_named_source(graph: Graph) -> None:
    for resource, statement in statements(graph):
        if isinstance(statement.get("Principal"), dict) and "Service" in statement["Principal"]:
            keys = {key for test in statement["Condition"].values() for key in test}
            assert keys & {"aws:SourceArn", "aws:SourceAccount"}, resource.name


def test_every_task_of_the_workflow_may_be_invoked_by_its_role_and_nothing_else_may(graph: Graph) -> None:
    (machine,) = graph.of_type("aws:sfn/stateMachine:StateMachine")
    role = graph.named("aws:iam/role:Role", "order")
    assert machine.inputs["roleArn"] == role.arn
    states = machine.document("definition")["States"].values()
    tasks = {state["Arguments"]["FunctionName"] for state in states}
    assert tasks
    assert allowed(graph, "order")["lambda:InvokeFunction"] == tasks


def test_an_express_workflow_may_do_what_its_states_do_and_nothing_else(
    express_graph: Graph,
) -> None:
    express = express_graph
    machines = {each.name: each for each in express.of_type("aws:sfn/stateMachine:StateMachine")}
    assert {name: each.inputs["type"] for name, each in machines.items()} == {
        "order": "EXPRESS",
        "release": "STANDARD",
    }
    states = machines["order"].document("definition")["States"]
    invoked = {
        state["Arguments"]["FunctionName"]
        for state in states.values()
        if "FunctionName" in state.get("Arguments", {})
    }
    dead_letters = express.named("aws:sqs/queue:Queue", "orders-dead-letters")
    granted = allowed(express, "order")
    assert granted["lambda:InvokeFunction"] == invoked
    assert granted["states:StartExecution"] == {machines["release"].arn}
    assert granted["sqs:SendMessage"] == {dead_letters.arn}
    assert states["KeepOrder"]["Arguments"]["QueueUrl"] == dead_letters.outputs["url"]
    release = express.named("aws:lambda/function:Function", "release-payment")
    assert allowed(express, "release")["lambda:InvokeFunction"] == {release.arn}
    policy = express.named("aws:sqs/queuePolicy:QueuePolicy", "orders-dead-letters").document("policy")
    roles = [express.named("aws:iam/role:Role", name) for name in ("order", "start-execution")]
    assert policy["Statement"][1]["Principal"] == {"AWS": [role.arn for role in roles]}


def test_every_queue_has_a_dead_letter_queue_that_takes_from_it_alone(graph: Graph) -> None:
    queues = {each.arn: each for each in graph.of_type("aws:sqs/queue:Queue")}
    for queue in queues.values():
        if "redrivePolicy" in queue.inputs:
            target = queues[queue.document("redrivePolicy")["deadLetterTargetArn"]]
            allow = graph.named("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", target.name)
            assert allow.inputs["queueUrl"] == target.outputs["id"]
            assert allow.document("redriveAllowPolicy") == {
                "redrivePermission": "byQueue",
                "sourceQueueArns": [queue.arn],
            }
            assert target.inputs["messageRetentionSeconds"] >= queue.inputs["messageRetentionSeconds"]
    sources = {name: each for name, each in queues.items() if "redrivePolicy" in each.inputs}
    targets = {each.document("redrivePolicy")["deadLetterTargetArn"] for each in sources.values()}
    assert sources.keys() | targets == queues.keys()
    assert not sources.keys() & targets


def test_every_queue_admits_exactly_its_sender_and_only_over_tls(graph: Graph) -> None:
    topic = graph.named("aws:sns/topic:Topic", "order-events").arn
    role = graph.named("aws:iam/role:Role", "accept-order").arn
    recorder = graph.named("aws:iam/role:Role", "record-deliveries").arn
    senders = {
        "orders": [{"Principal": {"AWS": [role]}}],
        "orders-dead-letters": [
            {"Principal": {"AWS": [graph.named("aws:iam/role:Role", "start-execution").arn]}}
        ],
        "undelivered": [
            {
                "Principal": {"Service": "sns.amazonaws.com"},
                "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
            }
        ],
        "undelivered-unreadable": [{"Principal": {"AWS": [recorder]}}],
        # What an invocation failed with, and what must wait, is sent as the function's role.
        "record-deliveries-failed": [{"Principal": {"AWS": [recorder]}}],
        "record-deliveries-unreadable": [],
    }
    for queue in graph.of_type("aws:sqs/queue:Queue"):
        policy = graph.named("aws:sqs/queuePolicy:QueuePolicy", queue.name)
        assert policy.inputs["queueUrl"] == queue.outputs["id"]
        expected = [
            {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue.arn, **sender}
            for sender in senders.pop(queue.name)
        ]
        refusal, *admitted = policy.document("policy")["Statement"]
        assert refusal["Effect"] == "Deny"
        assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert admitted == expected
    assert senders == {}


def test_the_topic_admits_its_publishers_alone_and_only_over_tls(graph: Graph) -> None:
    policy = graph.named("aws:sns/topicPolicy:TopicPolicy", "order-events")
    topic = policy.inputs["arn"]
    refusal, refusal_of_others, admitted = policy.document("policy")["Statement"]
    assert (refusal["Effect"], refusal["Action"]) == ("Deny", "sns:Publish")
    publishers = ["record-deliveries", "inform-client", "redeliver", "redeliver-order", "send-test-event"]
    roles = [graph.named("aws:iam/role:Role", each).arn for each in publishers]
    assert sorted(admitted["Principal"]["AWS"]) == sorted(roles)
    # Without it a principal of the account with sns:Publish on * could publish.
    assert refusal_of_others == {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": admitted["Principal"]["AWS"]}},
    }
    for each in graph.of_type("aws:lambda/function:Function"):
        assert (allowed(graph, each.name).get("sns:Publish") == {policy.inputs["arn"]}) == (
            each.name in publishers
        )


def test_sns_may_write_the_logs_of_deliveries_and_nothing_else(graph: Graph) -> None:
    topic = graph.named("aws:sns/topic:Topic", "order-events")
    role = graph.named("aws:iam/role:Role", "delivery-log")
    assert (
        topic.inputs["httpSuccessFeedbackRoleArn"] == topic.inputs["httpFailureFeedbackRoleArn"] == role.arn
    )
    assert topic.inputs["httpSuccessFeedbackSampleRate"] == 100
    groups = [
        graph.named("aws:cloudwatch/logGroup:LogGroup", f"delivery-log-{each}")
        for each in ("successes", "failures")
    ]
    # SNS chooses the names.
    prefix = f"sns/eu-west-1/123456789012/{topic.outputs['name']}"
    assert [each.inputs["name"] for each in groups] == [prefix, f"{prefix}/Failure"]
    granted = allowed(graph, "delivery-log")
    assert granted.keys() == {
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "logs:PutMetricFilter",
        "logs:PutRetentionPolicy",
    }
    resources = {each.arn for each in groups} | {f"{each.arn}:*" for each in groups}
    assert all(each == resources for each in granted.values())
    (trust,) = role.document("assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": "sns.amazonaws.com"}


def test_every_function_runs_as_a_role_of_its_own(graph: Graph) -> None:
    functions = graph.of_type("aws:lambda/function:Function")
    assert len({each.inputs["role"] for each in functions}) == len(functions)


def test_nothing_runs_before_its_role_has_its_policy(full_graph: Graph) -> None:
    policy = "aws:iam/rolePolicy:RolePolicy"
    roles = {each.arn: each.outputs["name"] for each in full_graph.of_type("aws:iam/role:Role")}
    policies = {each.inputs["role"]: (policy, each.name) for each in full_graph.of_type(policy)}
    run = {"aws:lambda/function:Function": "role", "aws:sfn/stateMachine:StateMachine": "roleArn"}
    for type_, role in run.items():
        for each in full_graph.of_type(type_):
            assert policies[roles[each.inputs[role]]] in full_graph.dependencies[type_, each.name], each.name


def test_access_cannot_be_granted_once_its_policy_is_made() -> None:
    def late_to_a_function() -> None:
        role = GrantedRole("late", document(), pulumi.ResourceOptions())
        role.attach_policy(None)
        role.allow(allow(["sqs:SendMessage"], ["arn:aws:sqs:eu-west-1:123456789012:orders"]))

    def late_to_a_queue() -> None:
        args = WorkQueueArgs(
            visibility_timeout_seconds=120,
            max_receive_count=3,
            retention_seconds=60,
            dead_letters_name="dead",
            key_arn=None,
        )
        queue = WorkQueue("orders", args)
        queue.attach_policies()
        queue.dead_letters.grant_send_to_topics(["arn:aws:sns:eu-west-1:123456789012:topic"])

    with pytest.raises(RuntimeError, match="late has its policy"):
        record(late_to_a_function)
    with pytest.raises(RuntimeError, match="the queue dead has its policy"):
        record(late_to_a_queue)


def test_every_function_is_given_exactly_the_environment_that_its_handler_reads(graph: Graph) -> None:
    for function in graph.of_type("aws:lambda/function:Function"):
        handler = importlib.import_module(f"functions.handlers.{function.name.replace('-', '_')}")
        given = set(function.inputs["environment"]["variables"])
        assert given == variables(handler.Environment) | EVERY_FUNCTION_SETS, function.name
    assert variables(accept_order.Environment) >= {"API_AUTH", "ORDERS_QUEUE_URL"}


def test_parliament_finds_nothing_wrong_with_any_policy(graph: Graph, stripe_graph: Graph) -> None:
    policies = (each.of_type("aws:iam/rolePolicy:RolePolicy") for each in (graph, stripe_graph))
    for each in itertools.chain(*policies):
        analysed = parliament.analyze_policy_string(each.inputs["policy"])
        assert [str(finding) for finding in analysed.findings] == [], each.name


def test_parliament_would_find_a_resource_that_an_action_does_not_have() -> None:
    policy = document(allow(["sns:Unsubscribe"], ["arn:aws:sns:eu-west-1:123456789012:topic"]))
    assert parliament.analyze_policy_string(json.dumps(policy)).findings


def test_a_schedule_may_invoke_redeliver_alone(graph: Graph) -> None:
    schedule = graph.named("aws:scheduler/schedule:Schedule", "redeliver")
    redeliver = graph.named("aws:lambda/function:Function", "redeliver")
    target = schedule.inputs["target"]
    assert (target["arn"], schedule.inputs["scheduleExpression"]) == (redeliver.arn, "rate(1 minutes)")
    assert target["roleArn"] == graph.named("aws:iam/role:Role", "redeliver-schedule").arn
    assert allowed(graph, "redeliver-schedule") == {"lambda:InvokeFunction": {redeliver.arn}}


@pytest.mark.variation
def test_the_logs_of_every_topic_reach_their_function_by_one_permission() -> None:
    for number in (1, 3):
        recorded = record_main({"webhooks": {"topics": number}})
        filters = recorded.of_type("aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter")
        function = recorded.named("aws:lambda/function:Function", "record-deliveries")
        topics = [
            each.outputs["name"] for each in recorded.of_type("aws:sns/topic:Topic") if each.name != "ops"
        ]
        assert len(topics) == number
        prefix = "sns/eu-west-1/123456789012"
        groups = {f"{prefix}/{topic}{end}" for topic in topics for end in ("", "/Failure")}
        assert {each.inputs["logGroup"] for each in filters} == groups
        assert {each.inputs["filterPattern"] for each in filters} == {""}
        assert {each.inputs["destinationArn"] for each in filters} == {function.arn}
        (permission,) = [
            each.inputs
            for each in recorded.of_type("aws:lambda/permission:Permission")
            if each.inputs["function"] == function.outputs["name"]
        ]
        assert permission["principal"] == "logs.eu-west-1.amazonaws.com"
        assert permission["sourceAccount"] == "123456789012"
        for group in groups:
            arn = f"arn:aws:logs:eu-west-1:123456789012:log-group:{group}:*"
            assert fnmatch.fnmatch(arn, permission["sourceArn"])


@pytest.mark.variation
def test_with_several_topics_each_is_published_to_and_dead_letters_to_one_queue() -> None:
    recorded = record_main({"webhooks": {"topics": 3}})
    topics = {each.arn for each in recorded.of_type("aws:sns/topic:Topic") if each.name != "ops"}
    assert recorded.outputs["topic_arn"] in topics
    assert set(recorded.outputs["topic_arns"]) == topics
    assert allowed(recorded, "inform-client")["sns:Publish"] == topics
    assert allowed(recorded, "create-webhook")["sns:Subscribe"] == topics
    policy = recorded.named("aws:sqs/queuePolicy:QueuePolicy", "undelivered").document("policy")
    (admitted,) = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    assert set(admitted["Condition"]["ArnEquals"]["aws:SourceArn"]) == topics
    names = recorded.named("aws:lambda/function:Function", "create-webhook").inputs["environment"]
    assert set(names["variables"]["TOPIC_NAMES"].split(",")) == {each.rpartition(":")[2] for each in topics}


def test_what_is_recorded_asynchronously_is_retried_and_then_kept(graph: Graph) -> None:
    config = graph.named(
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "record-deliveries"
    )
    failed = graph.named("aws:sqs/queue:Queue", "record-deliveries-failed")
    assert config.inputs["maximumRetryAttempts"] == 2
    assert config.inputs["destinationConfig"] == {"onFailure": {"destination": failed.arn}}
