"""Roles and their inline policies."""

from __future__ import annotations

from collections.abc import Mapping

from local.deployer.resource import Created, Creator, NewResource

SERVICE = "iam"

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_LONGEST_ROLE_NAME = 64
_LONGEST_POLICY_NAME = 128


def create_role(resource: NewResource) -> Created:
    """Create a role."""
    name = resource.physical_name(longest=_LONGEST_ROLE_NAME)
    role = resource.client(SERVICE).create_role(
        RoleName=name,
        AssumeRolePolicyDocument=resource.inputs.take("assumeRolePolicy", str),
        Tags=resource.inputs.take_tags(),
    )["Role"]
    return Created(name, {"name": name, "arn": role["Arn"], "uniqueId": role["RoleId"]})


def create_role_policy(resource: NewResource) -> Created:
    """Put an inline policy into a role."""
    name = resource.physical_name(longest=_LONGEST_POLICY_NAME)
    role_name = resource.inputs.take("role", str)
    resource.client(SERVICE).put_role_policy(
        RoleName=role_name, PolicyName=name, PolicyDocument=resource.inputs.take("policy", str)
    )
    return Created(f"{role_name}:{name}", {"name": name})


CREATORS: Mapping[str, Creator] = {
    "aws:iam/role:Role": create_role,
    "aws:iam/rolePolicy:RolePolicy": create_role_policy,
}
