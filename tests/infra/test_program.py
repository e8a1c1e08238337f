"""What must hold for the program as a whole."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pulumi
import pytest

from functions.adapters.items import from_item
from functions.domain.webhook import Webhook
from infra.packaging import zip_archive
from infra.settings.model import OWN_TAGS
from infra.tagging import tag_everything
from tests.support.pulumi_graph import Graph, Resource, record, record_main, record_main_anew
from tests.support.variations import SUBSCRIBERS, record_callers

# Parts of other resources: they carry no tags in AWS.
UNTAGGED = {
    "aws:dynamodb/tableItem:TableItem",
    "aws:apigatewayv2/authorizer:Authorizer",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "aws:scheduler/schedule:Schedule",
    "aws:apigatewayv2/integration:Integration",
    "aws:apigatewayv2/route:Route",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:lambda/layerVersion:LayerVersion",
    "aws:lambda/permission:Permission",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
}


def comparable(value: Any) -> Any:
    """Inputs with archives as the bytes that would be uploaded."""
    if isinstance(value, pulumi.Archive):
        return zip_archive(value)
    if isinstance(value, dict):
        return {key: comparable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [comparable(each) for each in value]
    return value


def inputs_of(graph: Graph) -> dict[tuple[str, str], Any]:
    return {(each.type, each.name): comparable(dict(each.inputs)) for each in graph.resources}


@pytest.mark.variation
def test_a_stack_without_any_settings_is_complete() -> None:
    assert record_main().of_type("aws:apigatewayv2/route:Route")


@pytest.mark.variation
def test_the_second_recording_has_the_same_inputs_to_the_byte(graph: Graph) -> None:
    assert inputs_of(record_main_anew({"subscribers": SUBSCRIBERS})) == inputs_of(graph)


@pytest.mark.variation
def test_the_program_is_valid_before_anything_exists(graph: Graph) -> None:
    preview = record_main(preview=True)
    without_subscribers = [each for each in graph.resources if each.name not in ("shop", "depot")]
    assert sorted((each.type, each.name) for each in preview.resources) == sorted(
        (each.type, each.name) for each in without_subscribers
    )


def test_no_two_resources_share_a_name(graph: Graph) -> None:
    assert len(graph.urns) == len(graph.resources)
    names = Counter((each.type, each.name) for each in graph.resources)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_aws_resource_belongs_to_a_component(graph: Graph) -> None:
    orphans = [urn for urn in graph.urns if "::aws:" in urn]
    assert orphans == []


def test_no_input_is_an_output_printed_by_mistake(graph: Graph) -> None:
    assert [each.name for each in graph.resources if "Calling __str__" in str(each.inputs)] == []


def test_everything_that_can_carry_tags_carries_the_same(graph: Graph, stripe_graph: Graph) -> None:
    expected = {"project": "order-webhooks", "stack": "test", "managed-by": "pulumi"}
    assert expected.keys() == {*OWN_TAGS}  # which nobody else may set
    for each in [*graph.resources, *stripe_graph.resources]:
        if each.custom and each.type not in UNTAGGED:
            assert each.inputs.get("tags") == expected, f"{each.type} {each.name}"


def test_settings_add_tags_and_a_resources_own_tags_win(chosen_graph: Graph) -> None:
    def program() -> None:
        import pulumi_aws as aws

        tag_everything({"team": "orders", "stack": "test"})
        aws.sqs.Queue("queue", tags={"stack": "own"})

    queue = record(program).named("aws:sqs/queue:Queue", "queue")
    assert queue.inputs["tags"] == {"team": "orders", "stack": "own"}
    tagged = chosen_graph.of_type("aws:sqs/queue:Queue")
    assert {each.inputs["tags"]["cost-centre"] for each in tagged} == {"42"}


def test_every_log_is_kept_for_a_set_time(graph: Graph) -> None:
    groups = graph.of_type("aws:cloudwatch/logGroup:LogGroup")
    assert {each.inputs["retentionInDays"] for each in groups} == {30}
    functions = graph.of_type("aws:lambda/function:Function")
    named = {each.outputs["name"] for each in groups}
    assert {each.inputs["loggingConfig"]["logGroup"] for each in functions} <= named


def test_everything_that_stores_is_encrypted(graph: Graph) -> None:
    assert all(each.inputs["sqsManagedSseEnabled"] for each in graph.of_type("aws:sqs/queue:Queue"))
    assert all(
        each.inputs["serverSideEncryption"]["enabled"] for each in graph.of_type("aws:dynamodb/table:Table")
    )
    unencrypted = {
        each.name for each in graph.of_type("aws:sns/topic:Topic") if "kmsMasterKeyId" not in each.inputs
    }
    # CloudWatch may not use the key that AWS manages for SNS, and alarms hold nothing secret: OpsTopic.
    assert unencrypted == {"ops"}


def test_the_outputs_are_those_that_people_rely_on(graph: Graph) -> None:
    assert graph.outputs["orders_endpoint"] == graph.outputs["api_endpoint"] + "/orders"
    assert set(graph.outputs) == {
        *("orders_endpoint", "api_endpoint", "topic_arn", "state_machine_arn", "orders_table_name"),
        *("orders_queue_url", "orders_dead_letters_url", "topic_arns", "undelivered_queue_url"),
        *("undelivered_unreadable_queue_url", "record_deliveries_failed_queue_url"),
        "record_deliveries_unreadable_queue_url",
        *("dashboard_url", "alarms_topic_arn", "webhooks_table_name", "deliveries_table_name", "api_auth"),
        *("function_names", "log_group_names", "redelivery_delays_seconds", "redeliver_schedule_name"),
    }
    assert None not in graph.outputs.values()


def only(resources: list[Resource]) -> Resource:
    assert len(resources) == 1, resources
    return resources[0]


def test_the_topic_signs_with_sha_256_and_retries_by_the_policy(graph: Graph) -> None:
    topic = graph.named("aws:sns/topic:Topic", "order-events")
    assert topic.inputs["signatureVersion"] == 2
    policy = topic.document("deliveryPolicy")["http"]
    assert policy["defaultHealthyRetryPolicy"]["backoffFunction"] == "exponential"
    assert policy["defaultRequestPolicy"] == {"headerContentType": "application/json"}


def test_a_subscriber_hears_of_its_own_clients_events_alone(graph: Graph) -> None:
    shop = graph.named("aws:sns/topicSubscription:TopicSubscription", "shop")
    assert shop.document("filterPolicy") == {
        "client_id": ["shop"],
        "audience": ["shop"],
    }
    assert shop.inputs["protocol"] == "https"
    assert "rawMessageDelivery" not in shop.inputs
    assert "deliveryPolicy" not in shop.inputs
    depot = graph.named("aws:sns/topicSubscription:TopicSubscription", "depot")
    assert depot.document("filterPolicy") == {"client_id": ["depot"], "audience": ["depot"]}
    assert depot.document("deliveryPolicy")["healthyRetryPolicy"]["numRetries"] == 3
    undelivered = graph.named("aws:sqs/queue:Queue", "undelivered")
    for each in (shop, depot):
        assert each.document("redrivePolicy") == {"deadLetterTargetArn": undelivered.arn}


def test_a_route_reaches_its_function_and_its_permission_is_for_that_route_alone(graph: Graph) -> None:
    functions = {each.outputs["invokeArn"]: each for each in graph.of_type("aws:lambda/function:Function")}
    reached = {}
    for route in graph.of_type("aws:apigatewayv2/route:Route"):
        integration = graph.named("aws:apigatewayv2/integration:Integration", route.name)
        assert route.inputs["target"] == f"integrations/{integration.name}-id"
        assert integration.inputs["payloadFormatVersion"] == "2.0"
        function = functions[integration.inputs["integrationUri"]]
        permission = graph.named("aws:lambda/permission:Permission", route.name)
        assert permission.inputs["function"] == function.outputs["name"]
        reached[route.inputs["routeKey"]] = (function.name, permission.inputs["sourceArn"].split(":")[-1])
    assert reached == {
        "POST /orders": ("accept-order", "a1b2c3d4e5/*/POST/orders"),
        "GET /orders": ("list-orders", "a1b2c3d4e5/*/GET/orders"),
        "GET /orders/{request_id}": ("get-order", "a1b2c3d4e5/*/GET/orders/{request_id}"),
        "GET /orders/{request_id}/deliveries": (
            "list-order-deliveries",
            "a1b2c3d4e5/*/GET/orders/{request_id}/deliveries",
        ),
        "PATCH /webhooks/{webhook_id}": ("update-webhook", "a1b2c3d4e5/*/PATCH/webhooks/{webhook_id}"),
        "GET /webhooks/{webhook_id}/deliveries": (
            "list-deliveries",
            "a1b2c3d4e5/*/GET/webhooks/{webhook_id}/deliveries",
        ),
        "GET /webhooks/{webhook_id}/deliveries/{event_id}": (
            "get-delivery",
            "a1b2c3d4e5/*/GET/webhooks/{webhook_id}/deliveries/{event_id}",
        ),
        "POST /webhooks/{webhook_id}/recover": (
            "recover-webhook",
            "a1b2c3d4e5/*/POST/webhooks/{webhook_id}/recover",
        ),
        "GET /webhooks/{webhook_id}/recover/{job_id}": (
            "get-recovery",
            "a1b2c3d4e5/*/GET/webhooks/{webhook_id}/recover/{job_id}",
        ),
        "POST /orders/{request_id}/redeliver": (
            "redeliver-order",
            "a1b2c3d4e5/*/POST/orders/{request_id}/redeliver",
        ),
        "POST /webhooks": ("create-webhook", "a1b2c3d4e5/*/POST/webhooks"),
        "GET /webhooks": ("list-webhooks", "a1b2c3d4e5/*/GET/webhooks"),
        "GET /webhooks/{webhook_id}": ("get-webhook", "a1b2c3d4e5/*/GET/webhooks/{webhook_id}"),
        "DELETE /webhooks/{webhook_id}": ("delete-webhook", "a1b2c3d4e5/*/DELETE/webhooks/{webhook_id}"),
        "POST /webhooks/{webhook_id}/test": (
            "send-test-event",
            "a1b2c3d4e5/*/POST/webhooks/{webhook_id}/test",
        ),
        "GET /health": ("health", "a1b2c3d4e5/*/GET/health"),
        "$default": ("refuse-request", "a1b2c3d4e5/*/$default"),
    }


@pytest.mark.variation
@pytest.mark.parametrize(("callers", "expected"), [("iam", "AWS_IAM"), ("jwt", "JWT"), ("none", None)])
def test_orders_are_open_only_to_whom_the_settings_admit(callers: str, expected: str | None) -> None:
    recorded = record_callers(callers)
    routes = {
        each.inputs["routeKey"]: each.inputs for each in recorded.of_type("aws:apigatewayv2/route:Route")
    }
    for key, route in routes.items():
        admits = None if key in ("GET /health", "$default") else expected
        assert route.get("authorizationType") == admits, key
        assert ("authorizerId" in route) == (admits == "JWT"), key


def test_the_stage_is_throttled_and_logged(graph: Graph) -> None:
    stage = only(graph.of_type("aws:apigatewayv2/stage:Stage")).inputs
    assert stage["defaultRouteSettings"] == {"throttlingBurstLimit": 200, "throttlingRateLimit": 100}
    assert (
        stage["accessLogSettings"]["destinationArn"]
        == graph.named("aws:cloudwatch/logGroup:LogGroup", "/aws/vendedlogs/apis/api-access").arn
    )


def answering_functions(graph: Graph) -> set[str]:
    """Return the names of the functions that routes of the API lead to."""
    routed = graph.of_type("aws:apigatewayv2/integration:Integration")
    integrations = {each.inputs["integrationUri"] for each in routed}
    found = {
        each.name
        for each in graph.of_type("aws:lambda/function:Function")
        if each.outputs["invokeArn"] in integrations
    }
    assert found
    return found


def test_functions_that_a_client_waits_for_have_a_memory_of_their_own(graph: Graph) -> None:
    memory = {each.name: each.inputs["memorySize"] for each in graph.of_type("aws:lambda/function:Function")}
    answering = answering_functions(graph)
    assert {memory[name] for name in answering} == {1024}
    assert {memory[name] for name in memory.keys() - answering - {"redeliver"}} == {256}


def test_no_function_of_the_api_runs_on_after_the_api_has_given_up(chosen_graph: Graph) -> None:
    graph = chosen_graph
    seconds = {each.name: each.inputs["timeout"] for each in graph.of_type("aws:lambda/function:Function")}
    answering = answering_functions(graph)
    assert {seconds[name] for name in answering} == {29}
    assert {seconds[name] for name in seconds.keys() - answering} == {60}


def test_the_access_log_says_who_asked_for_what_and_what_went_wrong(graph: Graph) -> None:
    stage = only(graph.of_type("aws:apigatewayv2/stage:Stage")).inputs
    fields = json.loads(stage["accessLogSettings"]["format"])
    assert fields.keys() >= {"request_id", "time", "route", "status", "source_ip", "caller", "latency_ms"}
    assert fields.keys() >= {"integration_status", "integration_error", "authorizer_error", "error"}
    assert all(value.startswith("$context.") for value in fields.values())


def test_only_failed_messages_come_again_and_a_burst_waits_in_the_queue(graph: Graph) -> None:
    consumers = {
        "orders": "start-execution",
        "undelivered": "record-deliveries",
        "record-deliveries-failed": "record-deliveries",
    }
    for name, function_name in consumers.items():
        mapping = graph.named("aws:lambda/eventSourceMapping:EventSourceMapping", name).inputs
        function = graph.named("aws:lambda/function:Function", function_name)
        queue = graph.named("aws:sqs/queue:Queue", name)
        assert (mapping["eventSourceArn"], mapping["functionName"]) == (queue.arn, function.outputs["name"])
        assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["scalingConfig"] == {"maximumConcurrency": 10}
        assert queue.inputs["visibilityTimeoutSeconds"] >= 6 * function.inputs["timeout"]
        assert queue.document("redrivePolicy")["maxReceiveCount"] == 100


def test_a_configured_subscriber_is_a_webhook_that_redelivery_can_find(graph: Graph) -> None:
    item = graph.named("aws:dynamodb/tableItem:TableItem", "depot")
    subscription = graph.named("aws:sns/topicSubscription:TopicSubscription", "depot")
    webhook = Webhook.model_validate(from_item(item.document("item")))
    assert webhook == Webhook(
        client_id="depot",
        webhook_id="depot",
        url="https://depot.example/hooks",
        event_types=["order.paid"],
        subscription_arn=subscription.arn,
        managed=True,
    )
    assert subscription.document("filterPolicy") == webhook.filter_policy
    assert subscription.inputs["endpoint"] == webhook.endpoint


def test_two_subscribers_with_one_url_are_two_subscriptions(chosen_graph: Graph) -> None:
    """SNS keeps one subscription for a topic and an endpoint."""
    type_ = "aws:sns/topicSubscription:TopicSubscription"
    url = "https://shop.example/hooks?key=1"
    for name in ("plain", "text"):
        assert chosen_graph.named(type_, name).inputs["endpoint"] == f"{url}&webhook_id={name}"
