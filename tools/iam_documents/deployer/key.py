"""The stack's own encryption key, and its use on the way to the things that it encrypts."""

from __future__ import annotations

from infra import iam
from infra.encryption.key_use import WRITE_TABLE
from tools.iam_documents.deployer.permission import Condition, Permission, Table, everywhere
from tools.iam_documents.deployer.place import PROJECT, Place

# Keys have made-up IDs, but the program's carry its name.
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
        # A new key is tagged as it is made. So may be one that is there, which makes it the project's:
        # docs/deploying.md says what keeps a deployer away from other keys.
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
            # A tag that comes later comes without the project's, which is on the key already.
            tag=("kms:TagResource", "kms:UntagResource"),
            condition=_ours,
        ),
    ),
    "aws:kms/alias:Alias": (
        # On the alias as well as on its key: the alias is a name that nothing is encrypted by.
        Permission(
            resources=lambda place: [place.arn("kms", f"alias/{place.name}"), *_keys(place)],
            create=("kms:CreateAlias",),
            update=("kms:UpdateAlias",),
            delete=("kms:DeleteAlias",),
        ),
        Permission(resources=everywhere, read=("kms:ListAliases",)),
    ),
}

# Where the service uses the key on behalf of whoever makes or changes something: tables and functions get
# grants; secrets, definitions and what the program itself puts into a table are encrypted.
_SERVICES = ("dynamodb", "lambda", "secretsmanager", "states")


def key_use(place: Place) -> list[iam.Statement]:
    """Return the statement that lets services use the key on the deployer's behalf.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    """
    services = [f"{each}.{place.region}.amazonaws.com" for each in _SERVICES]
    actions = ("kms:CreateGrant", *WRITE_TABLE)
    condition = {"StringEquals": {f"aws:ResourceTag/{_TAG}": PROJECT, "kms:ViaService": services}}
    return [{**iam.allow(actions, _keys(place)), "Condition": condition}]
