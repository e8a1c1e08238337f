"""A state machine with its role and its log group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.access import Grant, GrantedRole, Grantee
from infra.account import Account
from infra.key_use import key_for_workflow
from infra.naming import autonamed, workflow_log


@dataclass(frozen=True, kw_only=True)
class WorkflowDefaults:
    """What all state machines of a stack have in common."""

    account: Account
    log_level: Literal["ALL", "ERROR", "FATAL"]
    log_execution_data: bool
    log_retention_days: int
    tracing: bool
    """Whether X-Ray traces the executions."""
    key_arn: pulumi.Input[str] | None
    """The key that encrypts them and what their states touch, where it is not AWS's own."""


@dataclass(frozen=True, kw_only=True)
class WorkflowMachineArgs:
    """What the state machine is made of."""

    definition: Mapping[str, Any]
    """The Amazon States Language document, with function ARNs that may be outputs."""
    grants: Sequence[Grant]
    """What the definition's states do, and nothing else."""
    type: Literal["STANDARD", "EXPRESS"]
    defaults: WorkflowDefaults


class WorkflowMachine(pulumi.ComponentResource):
    """A state machine, its log group, and its role with one inline policy."""

    def __init__(
        self, name: str, args: WorkflowMachineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:workflow:WorkflowMachine", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        defaults = args.defaults
        log_group = aws.cloudwatch.LogGroup(
            workflow_log(name),
            retention_in_days=defaults.log_retention_days,
            kms_key_id=defaults.key_arn,
            opts=child,
        )
        # The state machine does not exist yet, so the last part of its ARN is open:
        # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
        machines = defaults.account.arn("states", "stateMachine:*")
        self.role = GrantedRole(
            name, iam.trust("states.amazonaws.com", {"ArnLike": {"aws:SourceArn": machines}}), child
        )
        self.role.allow(*_own_statements(name, defaults))
        for grant in args.grants:
            grant(self)
        policy = self.role.attach_policy(defaults.key_arn)
        machine = aws.sfn.StateMachine(
            name,
            type=args.type,
            role_arn=self.role.arn,
            definition=pulumi.Output.json_dumps(args.definition),
            logging_configuration=aws.sfn.StateMachineLoggingConfigurationArgs(
                level=defaults.log_level,
                include_execution_data=defaults.log_execution_data,
                log_destination=pulumi.Output.concat(log_group.arn, ":*"),
            ),
            tracing_configuration=aws.sfn.StateMachineTracingConfigurationArgs(enabled=defaults.tracing),
            encryption_configuration=_encryption(defaults.key_arn),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.arn = machine.arn
        self.log_group_name = log_group.name
        self.register_outputs({"arn": self.arn})

    def grant_start(self, caller: Grantee) -> None:
        """Let a function or another state machine start executions."""
        caller.role.allow(iam.allow(["states:StartExecution"], [self.arn]))


def _own_statements(name: str, defaults: WorkflowDefaults) -> list[iam.Statement]:
    statements = [iam.allow_everywhere(iam.LOG_DELIVERY_ACTIONS)]
    if defaults.tracing:
        sampling = ["xray:GetSamplingRules", "xray:GetSamplingTargets"]
        statements += [iam.allow_tracing(), iam.allow_everywhere(sampling)]
    if defaults.key_arn is not None:
        statements += key_for_workflow(defaults.key_arn, autonamed(name))
    return statements


def _encryption(
    key_arn: pulumi.Input[str] | None,
) -> aws.sfn.StateMachineEncryptionConfigurationArgs | None:
    if key_arn is None:
        return None
    return aws.sfn.StateMachineEncryptionConfigurationArgs(
        type="CUSTOMER_MANAGED_KMS_KEY", kms_key_id=key_arn
    )
