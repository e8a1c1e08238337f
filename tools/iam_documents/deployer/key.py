"""The stack's own encryption key, and its use by the services that encrypt with it."""

from __future__ import annotations

from infra import iam
from infra.key_use import WRITE_TABLE
from tools.iam_documents.permission import Condition, Permission, Table, everywhere
from tools.iam_documents.place import PROJECT, Place
from tools.iam_documents.policies import key_use

# AWS generates the IDs of keys; the program's keys carry this tag.
_TAG = "project"


def _keys(place: Place) -> list[str]:
    return [place.arn("kms", "key/*")]


def _ours(_place: Place) -> Condition:
    return {"StringEquals": {f"aws:ResourceTag/{_TAG}": PROJECT}}


def _becomes_ours(_place: Place) -> Condition:
    return {"StringEquals": {f"aws:RequestTag/{_TAG}": PROJECT}}


KEY: Table = {
    "aws:kms/key:Key": (
        Permission(resources=everywhere, create=("kms:CreateKey",), condition=_becomes_ours),
        # A new key is tagged when it is created. This also permits tagging an existing key as the project's:
        # docs/deploying.md says what prevents that for other keys.
        Permission(resources=_keys, tag=("kms:TagResource",), condition=_becomes_ours),
        Permission(
            resources=_keys,
            read=(
                "kms:DescribeKey",
                "kms:GetKeyPolicy",
                "kms:GetKeyRotationStatus",
                "kms:ListResourceTags",
            ),
            update=(
                "kms:DisableKey",
                "kms:DisableKeyRotation",
                "kms:EnableKey",
                "kms:EnableKeyRotation",
                "kms:PutKeyPolicy",
                "kms:UpdateKeyDescription",
            ),
            delete=("kms:ScheduleKeyDeletion",),
            # A tag that is added later comes without the project's, which the key already has.
            tag=("kms:TagResource", "kms:UntagResource"),
            condition=_ours,
        ),
    ),
    "aws:kms/alias:Alias": (
        # IAM checks the alias as well as its key.
        Permission(
            resources=lambda place: [place.arn("kms", f"alias/{place.name}"), *_keys(place)],
            create=("kms:CreateAlias",),
            update=("kms:UpdateAlias",),
            delete=("kms:DeleteAlias",),
        ),
        Permission(resources=everywhere, read=("kms:ListAliases",)),
    ),
}

# Services that use the key on behalf of the deployer: tables and functions get grants; secrets, definitions
# and the items that the program itself puts into a table are encrypted.
_SERVICES = ("dynamodb", "lambda", "secretsmanager", "states")


def using_key(place: Place) -> list[iam.Statement]:
    """Return the statement that lets services use the key on the deployer's behalf.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    """
    return [key_use(place, ("kms:CreateGrant", *WRITE_TABLE), _SERVICES)]
