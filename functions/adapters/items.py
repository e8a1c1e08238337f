"""DynamoDB items to and from plain data: integers stay integers, absent stays absent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer


def to_item(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a DynamoDB item for plain data without floats."""
    serializer = TypeSerializer()
    return {name: serializer.serialize(value) for name, value in data.items()}


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain data of a DynamoDB item; every number in our tables is an integer."""
    deserializer = TypeDeserializer()
    return {name: _plain(deserializer.deserialize(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON-able value
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, list):
        return [_plain(element) for element in value]
    if isinstance(value, dict):
        return {key: _plain(element) for key, element in value.items()}
    return value
