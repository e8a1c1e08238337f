"""Grants: `queue.grant_send(function)` adds to the policy of the function's role, and to the queue's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.account import dns_suffix
from infra.key_use import key_statements


class GrantedRole:
    """A role with one inline policy, which holds every statement that the role was granted.

    The policy is created before the function or the state machine that runs as the role, so that neither
    runs without it; a grant that comes later is an error (docs/decisions/0012-grants.md).
    """

    def __init__(self, name: str, trust: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        self._name = name
        self._opts = opts
        self._statements: list[iam.Statement] = []
        self._role = aws.iam.Role(name, assume_role_policy=pulumi.Output.json_dumps(trust), opts=opts)
        self._policy: aws.iam.RolePolicy | None = None
        self.arn = self._role.arn
        self.unique_id = self._role.unique_id

    def allow(self, *statements: iam.Statement) -> None:
        """Grant what the statements allow."""
        if self._policy is not None:
            raise RuntimeError(f"{self._name} has its policy: grant access when it is made")
        self._statements.extend(statements)

    def attach_policy(self, key_arn: pulumi.Input[str] | None) -> aws.iam.RolePolicy:
        """Create the policy; with a key, it also allows what the granted actions need of the key."""
        to_decrypt = [] if key_arn is None else self._key_statements(key_arn)
        self._policy = aws.iam.RolePolicy(
            self._name,
            role=self._role.name,
            policy=pulumi.Output.json_dumps(iam.document(*_joined(self._statements), *to_decrypt)),
            opts=self._opts,
        )
        return self._policy

    def _key_statements(self, key_arn: pulumi.Input[str]) -> list[iam.Statement]:
        suffix = dns_suffix()
        return key_statements(
            key_arn, lambda service: pulumi.Output.concat(service, ".*.", suffix), self._statements
        )


def _joined(statements: Sequence[iam.Statement]) -> list[iam.Statement]:
    """Make one statement of those on the same resources: each of fifty topics' ARNs counts once.

    A role's inline policies may have 10,240 characters:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    joined: dict[tuple[int, ...], iam.Statement] = {}
    for each in statements:
        # Outputs have no values yet, so the same resource is the same object.
        key = tuple(map(id, (each.get("Condition"), *each["Resource"])))
        actions = [*joined[key]["Action"], *each["Action"]] if key in joined else each["Action"]
        joined[key] = {**each, "Action": actions}
    return list(joined.values())


class Grantee(Protocol):
    """What runs as a role of its own: a function or a state machine."""

    role: GrantedRole


Grant = Callable[[Grantee], None]
"""A resource's method that grants one kind of access to it, such as `queue.grant_send`."""
