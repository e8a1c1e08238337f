"""Pulumi's own state in S3, and the key of the secrets in it."""

from __future__ import annotations

from infra import iam
from tools.iam_documents.place import Place


def reading_state(place: Place) -> list[iam.Statement]:
    """Return what a preview needs: it writes nothing and takes no lock.

    Even a preview decrypts the stack's secrets, since the program is run with them.
    """
    return [
        iam.allow(["s3:ListBucket"], [_bucket(place)]),
        iam.allow(["s3:GetObject"], [f"{_bucket(place)}/*"]),
        _on_key(["kms:Decrypt"], place),
    ]


def writing_state(place: Place) -> list[iam.Statement]:
    """Return what a deployment needs: state, history, backups and locks are objects."""
    return [
        iam.allow(["s3:ListBucket"], [_bucket(place)]),
        iam.allow(["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], [f"{_bucket(place)}/*"]),
        _on_key(["kms:Decrypt", "kms:Encrypt"], place),
    ]


def _bucket(place: Place) -> str:
    return f"arn:{place.partition}:s3:::{place.state_bucket}"


def _on_key(actions: list[str], place: Place) -> iam.Statement:
    # https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": place.secrets_key_alias}}
    return {**iam.allow(actions, [place.arn("kms", "key/*")]), "Condition": condition}
