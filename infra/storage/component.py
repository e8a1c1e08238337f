"""The tables: orders, the idempotency keys they came with, webhooks, and deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from functions.domain.deliveries.indexes import DUE_INDEX, SCHEDULE_INDEX
from functions.domain.order_index import CLIENT_INDEX
from infra.table import Table

_STRING = "S"
_DAY_INDEX = "by-day"
_REFERENCE_INDEX = "by-reference"
# What a list of orders shows: functions/domain/order_day.py has the key.
_LISTED = ["client_id", "reference", "status", "currency", "total_amount", "updated_at"]


@dataclass(frozen=True, kw_only=True)
class StorageArgs:
    """What the tables are made of."""

    deletion_protection: bool
    point_in_time_recovery: bool
    key_arn: pulumi.Input[str] | None
    """The key that encrypts them, where it is not AWS's own."""


class Storage(pulumi.ComponentResource):
    """DynamoDB tables, paid by use and encrypted."""

    def __init__(self, name: str, args: StorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:storage:Storage", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.orders = _table(
            f"{name}-orders",
            args,
            child,
            hash_key="request_id",
            attributes=["request_id", "client_id", "created_at", "day_shard", "reference"],
            indexes=[
                _index(CLIENT_INDEX, "client_id", "created_at", projection_type="ALL"),
                _index(
                    _DAY_INDEX,
                    "day_shard",
                    "created_at",
                    projection_type="INCLUDE",
                    non_key_attributes=_LISTED,
                ),
                _index(_REFERENCE_INDEX, "reference", "created_at", projection_type="KEYS_ONLY"),
            ],
        )
        self.idempotency = _table(f"{name}-idempotency", args, child, hash_key="key", attributes=["key"])
        of_webhooks = WebhookTables(name, args, child)
        self.webhooks = of_webhooks.webhooks
        self.deliveries = of_webhooks.deliveries
        self.register_outputs(
            {
                "deliveries_name": self.deliveries.name,
                "orders_name": self.orders.name,
                "idempotency_name": self.idempotency.name,
                "webhooks_name": self.webhooks.name,
            }
        )


class WebhookTables:
    """What webhooks need, without what only orders do."""

    def __init__(self, name: str, args: StorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self.webhooks = _table(
            f"{name}-webhooks",
            args,
            opts,
            hash_key="client_id",
            range_key="webhook_id",
            attributes=["client_id", "webhook_id"],
        )
        self.deliveries = _table(
            f"{name}-deliveries",
            args,
            opts,
            hash_key="pk",
            range_key="sk",
            attributes=["pk", "sk", "schedule_key", "schedule_at", "due_webhook"],
            indexes=[
                # Both are sparse: an item is in them only while it has the attributes.
                _index(SCHEDULE_INDEX, "schedule_key", "schedule_at", projection_type="KEYS_ONLY"),
                _index(
                    DUE_INDEX,
                    "due_webhook",
                    "sk",
                    projection_type="INCLUDE",
                    non_key_attributes=["due_at", "failed_at", "reason"],
                ),
            ],
        )


def _table(
    name: str,
    args: StorageArgs,
    opts: pulumi.ResourceOptions | None,
    *,
    hash_key: str,
    attributes: list[str],
    range_key: str | None = None,
    indexes: Sequence[aws.dynamodb.TableGlobalSecondaryIndexArgs] = (),
) -> Table:
    table = aws.dynamodb.Table(
        name,
        billing_mode="PAY_PER_REQUEST",
        hash_key=hash_key,
        range_key=range_key,
        attributes=[aws.dynamodb.TableAttributeArgs(name=each, type=_STRING) for each in attributes],
        global_secondary_indexes=[*indexes] or None,
        ttl=aws.dynamodb.TableTtlArgs(attribute_name="expires_at", enabled=True),
        point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=args.point_in_time_recovery),
        server_side_encryption=aws.dynamodb.TableServerSideEncryptionArgs(
            enabled=True, kms_key_arn=args.key_arn
        ),
        deletion_protection_enabled=args.deletion_protection,
        opts=opts,
    )
    return Table(table)


def _index(
    name: str,
    hash_key: str,
    range_key: str,
    *,
    projection_type: str,
    non_key_attributes: list[str] | None = None,
) -> aws.dynamodb.TableGlobalSecondaryIndexArgs:
    return aws.dynamodb.TableGlobalSecondaryIndexArgs(
        name=name,
        key_schemas=[_key(hash_key, "HASH"), _key(range_key, "RANGE")],
        projection_type=projection_type,
        non_key_attributes=non_key_attributes,
    )


def _key(attribute: str, kind: str) -> aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs:
    return aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name=attribute, key_type=kind)
