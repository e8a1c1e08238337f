"""The tables: orders, and the idempotency keys they came with."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

_STRING = "S"
CLIENT_INDEX = "by-client"


@dataclass(frozen=True, kw_only=True)
class OrderTablesArgs:
    """What the tables are made of."""

    deletion_protection: bool
    point_in_time_recovery: bool


class OrderTables(pulumi.ComponentResource):
    """DynamoDB tables, paid by use and encrypted."""

    def __init__(self, name: str, args: OrderTablesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:storage:OrderTables", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        orders = _table(
            f"{name}-orders",
            args,
            child,
            hash_key="request_id",
            attributes=["request_id", "client_id", "created_at"],
            index=aws.dynamodb.TableGlobalSecondaryIndexArgs(
                name=CLIENT_INDEX,
                key_schemas=[_key("client_id", "HASH"), _key("created_at", "RANGE")],
                projection_type="ALL",
            ),
        )
        idempotency = _table(f"{name}-idempotency", args, child, hash_key="key", attributes=["key"])
        self.orders_name, self.orders_arn = orders.name, orders.arn
        self.idempotency_name, self.idempotency_arn = idempotency.name, idempotency.arn
        self.register_outputs({"orders_name": self.orders_name, "idempotency_name": self.idempotency_name})


def _table(
    name: str,
    args: OrderTablesArgs,
    opts: pulumi.ResourceOptions,
    *,
    hash_key: str,
    attributes: list[str],
    index: aws.dynamodb.TableGlobalSecondaryIndexArgs | None = None,
) -> aws.dynamodb.Table:
    return aws.dynamodb.Table(
        name,
        billing_mode="PAY_PER_REQUEST",
        hash_key=hash_key,
        attributes=[aws.dynamodb.TableAttributeArgs(name=each, type=_STRING) for each in attributes],
        global_secondary_indexes=[index] if index else None,
        ttl=aws.dynamodb.TableTtlArgs(attribute_name="expires_at", enabled=True),
        point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=args.point_in_time_recovery),
        server_side_encryption=aws.dynamodb.TableServerSideEncryptionArgs(enabled=True),
        deletion_protection_enabled=args.deletion_protection,
        opts=opts,
    )


def _key(attribute: str, kind: str) -> aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs:
    return aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name=attribute, key_type=kind)
