"""Delete a resource of each type, as the AWS provider does, and list what the cloud still has."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Existing:
    """A resource as the engine's state has it."""

    id: str
    properties: Mapping[str, Any]
    clients: Mapping[str, Any]


def _delete_from_api(kind: str) -> Callable[[Existing], Any]:
    def delete(resource: Existing) -> Any:
        call = getattr(resource.clients["apigatewayv2"], f"delete_{kind}")
        name = {"stage": "StageName"}.get(kind, f"{kind.capitalize()}Id")
        return call(ApiId=resource.properties["apiId"], **{name: resource.id})

    return delete


def _delete_item(resource: Existing) -> Any:
    item = json.loads(resource.properties["item"])
    keys = [resource.properties[name] for name in ("hashKey", "rangeKey") if resource.properties.get(name)]
    return resource.clients["dynamodb"].delete_item(
        TableName=resource.properties["tableName"], Key={key: item[key] for key in keys}
    )


def _delete_role_policy(resource: Existing) -> Any:
    role, _, name = resource.id.partition(":")
    return resource.clients["iam"].delete_role_policy(RoleName=role, PolicyName=name)


def _delete_layer_version(resource: Existing) -> Any:
    return resource.clients["lambda"].delete_layer_version(
        LayerName=resource.properties["layerName"], VersionNumber=int(resource.properties["version"])
    )


def _remove_permission(resource: Existing) -> Any:
    return resource.clients["lambda"].remove_permission(
        FunctionName=resource.properties["function"], StatementId=resource.id
    )


def _delete_subscription_filter(resource: Existing) -> Any:
    return resource.clients["logs"].delete_subscription_filter(
        logGroupName=resource.properties["logGroup"], filterName=resource.id
    )


def _reset(attribute: str) -> Callable[[Existing], Any]:
    def reset(resource: Existing) -> Any:
        return resource.clients["sqs"].set_queue_attributes(QueueUrl=resource.id, Attributes={attribute: ""})

    return reset


def _leave(_resource: Existing) -> None:
    """Delete nothing: what this is a part of is deleted next, and this cannot be deleted alone."""


DELETIONS: Mapping[str, Callable[[Existing], Any]] = {
    "aws:apigatewayv2/api:Api": lambda each: each.clients["apigatewayv2"].delete_api(ApiId=each.id),
    "aws:apigatewayv2/authorizer:Authorizer": _delete_from_api("authorizer"),
    "aws:apigatewayv2/integration:Integration": _delete_from_api("integration"),
    "aws:apigatewayv2/route:Route": _delete_from_api("route"),
    "aws:apigatewayv2/stage:Stage": _delete_from_api("stage"),
    "aws:cloudwatch/dashboard:Dashboard": lambda each: each.clients["cloudwatch"].delete_dashboards(
        DashboardNames=[each.id]
    ),
    "aws:cloudwatch/logGroup:LogGroup": lambda each: each.clients["logs"].delete_log_group(
        logGroupName=each.id
    ),
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": _delete_subscription_filter,
    "aws:cloudwatch/metricAlarm:MetricAlarm": lambda each: each.clients["cloudwatch"].delete_alarms(
        AlarmNames=[each.id]
    ),
    "aws:dynamodb/table:Table": lambda each: each.clients["dynamodb"].delete_table(TableName=each.id),
    "aws:dynamodb/tableItem:TableItem": _delete_item,
    "aws:iam/role:Role": lambda each: each.clients["iam"].delete_role(RoleName=each.id),
    "aws:iam/rolePolicy:RolePolicy": _delete_role_policy,
    "aws:kms/alias:Alias": lambda each: each.clients["kms"].delete_alias(AliasName=each.id),
    "aws:kms/key:Key": lambda each: each.clients["kms"].schedule_key_deletion(KeyId=each.id),
    "aws:lambda/eventSourceMapping:EventSourceMapping": lambda each: each.clients[
        "lambda"
    ].delete_event_source_mapping(UUID=each.id),
    "aws:lambda/function:Function": lambda each: each.clients["lambda"].delete_function(FunctionName=each.id),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": lambda each: each.clients[
        "lambda"
    ].delete_function_event_invoke_config(FunctionName=each.id),
    "aws:lambda/layerVersion:LayerVersion": _delete_layer_version,
    "aws:lambda/permission:Permission": _remove_permission,
    "aws:scheduler/schedule:Schedule": lambda each: each.clients["scheduler"].delete_schedule(
        GroupName=each.id.partition("/")[0], Name=each.id.partition("/")[2]
    ),
    "aws:secretsmanager/secret:Secret": lambda each: each.clients["secretsmanager"].delete_secret(
        SecretId=each.id, ForceDeleteWithoutRecovery=True
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": _leave,
    "aws:sfn/stateMachine:StateMachine": lambda each: each.clients["stepfunctions"].delete_state_machine(
        stateMachineArn=each.id
    ),
    "aws:sns/topic:Topic": lambda each: each.clients["sns"].delete_topic(TopicArn=each.id),
    "aws:sns/topicPolicy:TopicPolicy": _leave,
    "aws:sns/topicSubscription:TopicSubscription": lambda each: each.clients["sns"].unsubscribe(
        SubscriptionArn=each.id
    ),
    "aws:sqs/queue:Queue": lambda each: each.clients["sqs"].delete_queue(QueueUrl=each.id),
    "aws:sqs/queuePolicy:QueuePolicy": _reset("Policy"),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": _reset("RedriveAllowPolicy"),
}

_LISTS = {
    "apigatewayv2": [("get_apis", "Items", "ApiId")],
    "cloudwatch": [
        ("describe_alarms", "MetricAlarms", "AlarmName"),
        ("list_dashboards", "DashboardEntries", "DashboardName"),
    ],
    "dynamodb": [("list_tables", "TableNames", None)],
    "iam": [("list_roles", "Roles", "RoleName")],
    "lambda": [
        ("list_functions", "Functions", "FunctionName"),
        ("list_layers", "Layers", "LayerName"),
        ("list_event_source_mappings", "EventSourceMappings", "UUID"),
    ],
    "logs": [
        ("describe_log_groups", "logGroups", "logGroupName"),
    ],
    "scheduler": [("list_schedules", "Schedules", "Name")],
    "secretsmanager": [("list_secrets", "SecretList", "Name")],
    "sns": [
        ("list_topics", "Topics", "TopicArn"),
        ("list_subscriptions", "Subscriptions", "SubscriptionArn"),
    ],
    "sqs": [("list_queues", "QueueUrls", None)],
    "stepfunctions": [("list_state_machines", "stateMachines", "stateMachineArn")],
}


def list_cloud(cloud: Any) -> set[str]:
    """Return the names of everything in a cloud that a program creates.

    Keys are not among them: they are deleted days later, and until then the service lists them.
    """
    found: set[str] = set()
    for service, lists in _LISTS.items():
        client = cloud.client(service)
        for operation, result, name in lists:
            can_page = client.can_paginate(operation)
            pages = client.get_paginator(operation).paginate() if can_page else [getattr(client, operation)()]
            items = [each for page in pages for each in page.get(result, [])]
            found |= {f"{service}: {each[name] if name else each}" for each in items}
    return found
