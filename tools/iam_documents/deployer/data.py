"""Tables and the payment provider's secret."""

from __future__ import annotations

from infra.naming import PAYMENT_SECRET, TABLES
from tools.iam_documents.permission import Permission, Table
from tools.iam_documents.place import Place

# Where the program itself puts items: the webhooks of subscribers that the settings name.
_WEBHOOKS_TABLE = "store-webhooks"
# Secrets Manager adds a hyphen and six random characters to a secret's name.
_LONGER_BY = 6


def _secrets(place: Place) -> list[str]:
    return [f"{arn}-{'?' * _LONGER_BY}" for arn in place.arns("secretsmanager", "secret:", [PAYMENT_SECRET])]


DATA: Table = {
    "aws:dynamodb/table:Table": (
        Permission(
            resources=lambda place: place.arns("dynamodb", "table/", TABLES),
            create=("dynamodb:CreateTable",),
            read=(
                "dynamodb:DescribeContinuousBackups",
                "dynamodb:DescribeTable",
                "dynamodb:DescribeTimeToLive",
                "dynamodb:ListTagsOfResource",
            ),
            update=(
                "dynamodb:UpdateContinuousBackups",
                "dynamodb:UpdateTable",
                "dynamodb:UpdateTimeToLive",
            ),
            delete=("dynamodb:DeleteTable",),
            tag=("dynamodb:TagResource", "dynamodb:UntagResource"),
        ),
    ),
    "aws:dynamodb/tableItem:TableItem": (
        Permission(
            resources=lambda place: place.arns("dynamodb", "table/", [_WEBHOOKS_TABLE]),
            create=("dynamodb:PutItem",),
            read_data=("dynamodb:GetItem",),
            update=("dynamodb:UpdateItem",),
            delete=("dynamodb:DeleteItem",),
        ),
    ),
    "aws:secretsmanager/secret:Secret": (
        Permission(
            resources=_secrets,
            create=("secretsmanager:CreateSecret",),
            read=("secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"),
            update=("secretsmanager:UpdateSecret",),
            delete=("secretsmanager:DeleteSecret",),
            tag=("secretsmanager:TagResource", "secretsmanager:UntagResource"),
        ),
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": (
        Permission(
            resources=_secrets,
            create=("secretsmanager:PutSecretValue",),
            read_data=("secretsmanager:GetSecretValue",),
            update=("secretsmanager:UpdateSecretVersionStage",),
            delete=("secretsmanager:UpdateSecretVersionStage",),
        ),
    ),
}
