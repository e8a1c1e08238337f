"""The role that one Lambda function runs as."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import iam


@dataclass(frozen=True, kw_only=True)
class FunctionRoleArgs:
    """What a function's role is made of."""

    account_id: pulumi.Input[str]
    """The account whose Lambda may assume the role."""


class FunctionRole(pulumi.ComponentResource):
    """A role for one function, made before the function so that queues can name it as their sender.

    Lambda's trust is bound to the account: the function's ARN is not known yet, and Lambda documents no
    `aws:SourceArn` for execution roles (docs/decisions/0004-lambda-trust.md).
    """

    def __init__(self, name: str, args: FunctionRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:functions:FunctionRole", name, {}, opts)
        role = aws.iam.Role(
            name,
            assume_role_policy=pulumi.Output.json_dumps(
                iam.trust("lambda.amazonaws.com", {"StringEquals": {"aws:SourceAccount": args.account_id}})
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name = role.name
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})
