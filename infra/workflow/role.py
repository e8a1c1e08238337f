"""The role that a state machine runs as."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.account import Account


@dataclass(frozen=True, kw_only=True)
class WorkflowRoleArgs:
    """What a state machine's role is made of."""

    account: Account


class WorkflowRole(pulumi.ComponentResource):
    """A role for one state machine, made before it so that queues can name it as their sender."""

    def __init__(self, name: str, args: WorkflowRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:workflow:WorkflowRole", name, {}, opts)
        account = args.account
        # The state machine does not exist yet, so the last part of its ARN is open:
        # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
        machines = pulumi.Output.concat(
            "arn:", account.partition, ":states:", account.region, ":", account.account_id, ":stateMachine:*"
        )
        role = aws.iam.Role(
            name,
            assume_role_policy=pulumi.Output.json_dumps(
                iam.trust("states.amazonaws.com", {"ArnLike": {"aws:SourceArn": machines}})
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name = role.name
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})
