"""Keys and their aliases."""

from __future__ import annotations

from collections.abc import Mapping

from local.deployer.resource import Created, Creator, NewResource

SERVICE = "kms"


def create_key(resource: NewResource) -> Created:
    """Create a key; its deletion window only matters when it is deleted, which the laptop never does."""
    inputs = resource.inputs
    client = resource.client(SERVICE)
    inputs.take_optional("deletionWindowInDays", int)
    key = client.create_key(
        Tags=inputs.take_tags("TagKey", "TagValue"),
        **inputs.take_as(description="Description", policy="Policy"),
    )["KeyMetadata"]
    if inputs.take_optional("enableKeyRotation", bool):
        client.enable_key_rotation(KeyId=key["KeyId"])
    return Created(key["KeyId"], {"keyId": key["KeyId"], "arn": key["Arn"]})


def create_alias(resource: NewResource) -> Created:
    """Create an alias of a key."""
    name = resource.inputs.take("name", str)
    resource.client(SERVICE).create_alias(
        AliasName=name, TargetKeyId=resource.inputs.take("targetKeyId", str)
    )
    return Created(name, {"name": name, "arn": resource.site.arn("kms", name)})


CREATORS: Mapping[str, Creator] = {
    "aws:kms/alias:Alias": create_alias,
    "aws:kms/key:Key": create_key,
}
