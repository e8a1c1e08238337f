"""Secrets and their values."""

from __future__ import annotations

from collections.abc import Mapping

from local.deployer.resource import Created, Creator, NewResource

SERVICE = "secretsmanager"

# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
_LONGEST_NAME = 512


def create_secret(resource: NewResource) -> Created:
    """Create a secret that has no value yet."""
    name = resource.physical_name(longest=_LONGEST_NAME)
    arn = resource.client(SERVICE).create_secret(
        Name=name,
        Tags=resource.inputs.take_tags(),
        **resource.inputs.take_as(description="Description", kmsKeyId="KmsKeyId"),
    )["ARN"]
    return Created(arn, {"name": name, "arn": arn})


def create_secret_version(resource: NewResource) -> Created:
    """Give a secret its value."""
    arn = resource.inputs.take("secretId", str)
    version_id = resource.client(SERVICE).put_secret_value(
        SecretId=arn, SecretString=resource.inputs.take("secretString", str)
    )["VersionId"]
    return Created(f"{arn}|{version_id}", {"secretArn": arn, "versionId": version_id})


CREATORS: Mapping[str, Creator] = {
    "aws:secretsmanager/secret:Secret": create_secret,
    "aws:secretsmanager/secretVersion:SecretVersion": create_secret_version,
}
