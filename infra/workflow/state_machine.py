"""The state machine that carries an order from its acceptance to its webhook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.encryption.key_use import key_for_workflow, key_statements
from infra.naming import autonamed
from infra.workflow.role import WorkflowRole


@dataclass(frozen=True, kw_only=True)
class WorkflowDefaults:
    """What all state machines of a stack have in common."""

    log_level: Literal["ALL", "ERROR", "FATAL"]
    log_execution_data: bool
    log_retention_days: int
    key_arn: pulumi.Input[str] | None
    """The key that encrypts them and what their states touch, where it is not AWS's own."""


@dataclass(frozen=True, kw_only=True)
class OrderWorkflowArgs:
    """What the state machine is made of."""

    definition: Mapping[str, Any]
    """The Amazon States Language document, with function ARNs that may be outputs."""
    role: WorkflowRole
    statements: list[iam.Statement]
    """What the definition's states do, and nothing else."""
    type: Literal["STANDARD", "EXPRESS"]
    defaults: WorkflowDefaults


class OrderWorkflow(pulumi.ComponentResource):
    """A state machine with its log group and its role's permissions."""

    def __init__(
        self, name: str, args: OrderWorkflowArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:workflow:OrderWorkflow", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        log_group = aws.cloudwatch.LogGroup(
            name,
            # This prefix keeps the account-wide resource policy for log delivery within its size limit:
            # https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
            name=f"/aws/vendedlogs/states/{pulumi.get_project()}-{pulumi.get_stack()}-{name}",
            retention_in_days=args.defaults.log_retention_days,
            opts=child,
        )
        policy = aws.iam.RolePolicy(
            name,
            role=args.role.name,
            policy=pulumi.Output.json_dumps(_permissions(name, args)),
            opts=child,
        )
        machine = aws.sfn.StateMachine(
            name,
            type=args.type,
            role_arn=args.role.arn,
            definition=pulumi.Output.json_dumps(args.definition),
            logging_configuration=aws.sfn.StateMachineLoggingConfigurationArgs(
                level=args.defaults.log_level,
                include_execution_data=args.defaults.log_execution_data,
                log_destination=pulumi.Output.concat(log_group.arn, ":*"),
            ),
            tracing_configuration=aws.sfn.StateMachineTracingConfigurationArgs(enabled=True),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.arn = machine.arn
        self.log_group_name = log_group.name
        self.register_outputs({"arn": self.arn})


def _permissions(name: str, args: OrderWorkflowArgs) -> dict[str, Any]:
    key_arn = args.defaults.key_arn
    to_decrypt = (
        [*key_statements(key_arn, args.statements), *key_for_workflow(key_arn, autonamed(name))]
        if key_arn is not None
        else []
    )
    return iam.document(
        *args.statements,
        iam.allow_everywhere(iam.LOG_DELIVERY_ACTIONS),
        iam.allow_everywhere(
            [
                "xray:PutTraceSegments",
                "xray:PutTelemetryRecords",
                "xray:GetSamplingRules",
                "xray:GetSamplingTargets",
            ]
        ),
        *to_decrypt,
    )
