"""Change a resource in place with the deployer's own creator: its call that creates becomes one that updates.

The mapping from the program's inputs to AWS's requests is the deployer's, in an update as in a creation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Update = Callable[[Any, str, dict[str, Any]], dict[str, Any]]
"""Gets the client, the resource's ID and the request that would create it; returns what the creator reads."""


class UpdatingClient:
    """A service's client on which a creator updates the resource with an ID."""

    def __init__(self, client: Any, resource_id: str) -> None:
        self._client = client
        self._id = resource_id

    def __getattr__(self, operation: str) -> Any:
        update = UPDATES.get(operation)
        if update is None:
            return getattr(self._client, operation)
        return lambda **request: update(self._client, self._id, request)


def _without(request: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name not in names}


def _update_api(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    client.update_api(ApiId=id_, **_without(request, "ProtocolType", "Tags"))
    return {"ApiId": id_}


def _update_integration(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    return client.update_integration(IntegrationId=id_, **request)


def _update_authorizer(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    return client.update_authorizer(AuthorizerId=id_, **request)


def _update_route(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    return client.update_route(RouteId=id_, **request)


def _update_stage(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    return client.update_stage(**_without(request, "Tags"))


def _update_log_group(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    """Change nothing: the creator puts the retention itself, and the emulator cannot change a group's key."""
    return {}


def _update_table(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    changeable = ("TableName", "BillingMode", "DeletionProtectionEnabled")
    return client.update_table(**{name: request[name] for name in changeable if name in request})


def _put_item(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    return client.put_item(**_without(request, "ConditionExpression", "ExpressionAttributeNames"))


def _update_role(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    client.update_assume_role_policy(RoleName=id_, PolicyDocument=request["AssumeRolePolicyDocument"])
    return client.get_role(RoleName=id_)


def _update_key(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    client.update_key_description(KeyId=id_, Description=request.get("Description", ""))
    client.put_key_policy(KeyId=id_, PolicyName="default", Policy=request["Policy"])
    return client.describe_key(KeyId=id_)


def _update_function(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    client.update_function_code(FunctionName=id_, **request["Code"])
    return client.update_function_configuration(**_without(request, "Code", "Tags", "Architectures"))


def _update_event_source_mapping(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    return client.update_event_source_mapping(UUID=id_, **_without(request, "EventSourceArn", "Tags"))


def _update_secret(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    return client.update_secret(SecretId=id_, **_without(request, "Name", "Tags"))


def _update_state_machine(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    client.update_state_machine(stateMachineArn=id_, **_without(request, "name", "type", "tags"))
    return {"stateMachineArn": id_}


def _update_topic(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    for name, value in request["Attributes"].items():
        client.set_topic_attributes(TopicArn=id_, AttributeName=name, AttributeValue=value)
    return {"TopicArn": id_}


def _update_subscription(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    for name, value in request["Attributes"].items():
        client.set_subscription_attributes(SubscriptionArn=id_, AttributeName=name, AttributeValue=value)
    return {"SubscriptionArn": id_}


def _update_queue(client: Any, id_: str, request: dict[str, Any]) -> dict[str, Any]:
    client.set_queue_attributes(QueueUrl=id_, Attributes=request["Attributes"])
    return {"QueueUrl": id_}


# The calls that are not here put one document instead of another: they update as they create.
UPDATES: Mapping[str, Update] = {
    "create_alias": lambda client, _, request: client.update_alias(**request),
    "create_api": _update_api,
    "create_authorizer": _update_authorizer,
    "create_event_source_mapping": _update_event_source_mapping,
    "create_function": _update_function,
    "create_integration": _update_integration,
    "create_key": _update_key,
    "create_log_group": _update_log_group,
    "create_queue": _update_queue,
    "create_role": _update_role,
    "create_route": _update_route,
    "create_schedule": lambda client, _, request: client.update_schedule(**request),
    "create_secret": _update_secret,
    "create_stage": _update_stage,
    "create_state_machine": _update_state_machine,
    "create_table": _update_table,
    "create_topic": _update_topic,
    "put_item": _put_item,
    "subscribe": _update_subscription,
}
