"""Tables, and items in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.deployer.inputs import Inputs
from local.deployer.resource import Created, Creator, NewResource

SERVICE = "dynamodb"

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
_LONGEST_NAME = 255
_ACTIVE_TIMEOUT_SECONDS = 60


def create_table(resource: NewResource) -> Created:
    """Create a table, wait until it is active, and then set what needs an active table."""
    inputs = resource.inputs
    client = resource.client(SERVICE)
    name = resource.physical_name(longest=_LONGEST_NAME)
    indexes = [_index(index) for index in inputs.take_each("globalSecondaryIndexes")]
    table = client.create_table(
        TableName=name,
        KeySchema=_key_schema(inputs),
        AttributeDefinitions=[
            attribute.take_as(name="AttributeName", type="AttributeType")
            for attribute in inputs.take_each("attributes")
        ],
        SSESpecification=_encryption(inputs.take_nested("serverSideEncryption")),
        Tags=inputs.take_tags(),
        **inputs.take_as(billingMode="BillingMode", deletionProtectionEnabled="DeletionProtectionEnabled"),
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    )["TableDescription"]
    _wait_until_active(resource, name)
    _set_expiry(client, name, inputs.take_nested("ttl"))
    _set_recovery(client, name, inputs.take_nested("pointInTimeRecovery"))
    return Created(name, {"name": name, "arn": table["TableArn"]})


def _encryption(inputs: Inputs) -> dict[str, Any]:
    specification = inputs.take_as(enabled="Enabled", kmsKeyArn="KMSMasterKeyId")
    # As in the provider: KMS is the only type that can be requested.
    return {**specification, "SSEType": "KMS"} if "KMSMasterKeyId" in specification else specification


def _key_schema(inputs: Inputs) -> list[dict[str, str]]:
    keys = {"HASH": inputs.take("hashKey", str), "RANGE": inputs.take_optional("rangeKey", str)}
    return [{"AttributeName": name, "KeyType": kind} for kind, name in keys.items() if name]


def _index(index: Inputs) -> dict[str, Any]:
    return {
        "KeySchema": [
            key.take_as(attributeName="AttributeName", keyType="KeyType")
            for key in index.take_each("keySchemas")
        ],
        "Projection": index.take_as(projectionType="ProjectionType", nonKeyAttributes="NonKeyAttributes"),
        **index.take_as(name="IndexName"),
    }


def _wait_until_active(resource: NewResource, name: str) -> None:
    client = resource.client(SERVICE)

    def is_active() -> bool:
        return bool(client.describe_table(TableName=name)["Table"]["TableStatus"] == "ACTIVE")

    resource.site.wait_until(
        is_active, timeout_seconds=_ACTIVE_TIMEOUT_SECONDS, missing="the table is not active"
    )


def _set_expiry(client: Any, name: str, expiry: Inputs) -> None:  # noqa: ANN401 - boto3's client
    specification = expiry.take_as(attributeName="AttributeName", enabled="Enabled")
    # DynamoDB refuses to disable what was never enabled.
    if specification.get("Enabled"):
        client.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)


def _set_recovery(client: Any, name: str, recovery: Inputs) -> None:  # noqa: ANN401 - boto3's client
    enabled = recovery.take_optional("enabled", bool)
    if enabled is not None:
        client.update_continuous_backups(
            TableName=name,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled},
        )


def create_item(resource: NewResource) -> Created:
    """Put an item that the table does not have yet; the provider refuses to take over one that is there."""
    inputs = resource.inputs
    table_name, hash_key = inputs.take("tableName", str), inputs.take("hashKey", str)
    keys = [hash_key, inputs.take_optional("rangeKey", str)]
    item = json.loads(inputs.take("item", str))
    resource.client(SERVICE).put_item(
        TableName=table_name,
        Item=item,
        ConditionExpression="attribute_not_exists(#key)",
        ExpressionAttributeNames={"#key": hash_key},
    )
    return Created("|".join([table_name, *(json.dumps(item[key]) for key in keys if key)]))


CREATORS: Mapping[str, Creator] = {
    "aws:dynamodb/table:Table": create_table,
    "aws:dynamodb/tableItem:TableItem": create_item,
}
