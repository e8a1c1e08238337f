"""A Lambda function in Python with its role and its log group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.access import Grant, GrantedRole, Grantee
from infra.account import metrics_namespace
from infra.key_use import key_for_environment
from infra.lambdas.defaults import ROOT, FunctionDefaults
from infra.metrics import SERVICE
from infra.naming import autonamed
from infra.packaging import check_size, function_archive


@dataclass(frozen=True, kw_only=True)
class PythonFunctionArgs:
    """What one function is made of."""

    defaults: FunctionDefaults
    handler_module: str
    """The module under `functions.handlers` whose `handle` is the handler."""
    description: str
    timeout_seconds: int
    memory_megabytes: int
    environment: Mapping[str, pulumi.Input[str]]
    grants: Sequence[Grant] = ()
    """What the function's code needs beyond writing its log and its traces."""


class PythonFunction(pulumi.ComponentResource):
    """A function, its log group, and its role with one inline policy: exactly what the function needs.

    Lambda's trust is bound to the account: the function's ARN is not known yet, and Lambda documents no
    `aws:SourceArn` for execution roles (docs/decisions/0004-lambda-trust.md).
    """

    def __init__(
        self, name: str, args: PythonFunctionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:lambdas:PythonFunction", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        common = args.defaults.args
        self.logical_name = name
        self.role = GrantedRole(
            name,
            iam.trust("lambda.amazonaws.com", {"StringEquals": {"aws:SourceAccount": common.account_id}}),
            child,
        )
        log_group = aws.cloudwatch.LogGroup(
            name, retention_in_days=common.log_retention_days, kms_key_id=common.key_arn, opts=child
        )
        # The star is a stream of the function's own group: Lambda names them.
        streams = pulumi.Output.concat(log_group.arn, ":*")
        self.role.allow(iam.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [streams]))
        if common.tracing:
            self.role.allow(iam.allow_tracing())
        if common.key_arn is not None:
            self.role.allow(key_for_environment(common.key_arn, autonamed(name)))
        for grant in args.grants:
            grant(self)
        policy = self.role.attach_policy(common.key_arn)
        function = _function(
            name,
            args,
            self.role.arn,
            log_group.name,
            pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.name = function.name
        self.arn = function.arn
        self.invoke_arn = function.invoke_arn
        self.log_group_name = log_group.name
        self.register_outputs({"arn": self.arn})

    def grant_invoke(self, caller: Grantee) -> None:
        """Let a state machine invoke the function."""
        caller.role.allow(iam.allow(["lambda:InvokeFunction"], [self.arn]))


def _function(
    name: str,
    args: PythonFunctionArgs,
    role_arn: pulumi.Input[str],
    log_group_name: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> aws.lambda_.Function:
    defaults = args.defaults
    settings = defaults.args.settings
    module = f"functions.handlers.{args.handler_module}"
    code = function_archive(ROOT, module, defaults.compiler)
    check_size(name, code, layer=defaults.layer_sizes)
    return aws.lambda_.Function(
        name,
        description=args.description,
        role=role_arn,
        code=code,
        handler=f"{module}.handle",
        runtime=settings.runtime,
        architectures=[settings.architecture],
        layers=[defaults.layer_arn],
        memory_size=args.memory_megabytes,
        timeout=args.timeout_seconds,
        environment=aws.lambda_.FunctionEnvironmentArgs(
            variables={
                **args.environment,
                "POWERTOOLS_SERVICE_NAME": SERVICE,
                "POWERTOOLS_LOG_LEVEL": settings.log_level,
                "POWERTOOLS_METRICS_NAMESPACE": metrics_namespace(),
            }
        ),
        kms_key_arn=defaults.args.key_arn,
        logging_config=_logging(settings.log_level, log_group_name),
        tracing_config=aws.lambda_.FunctionTracingConfigArgs(
            mode="Active" if defaults.args.tracing else "PassThrough"
        ),
        opts=opts,
    )


def _logging(level: str, log_group_name: pulumi.Input[str]) -> aws.lambda_.FunctionLoggingConfigArgs:
    """Return how a function logs.

    Without a level of its own, Lambda drops the DEBUG records of a function that logs JSON. Lambda's own
    records at INFO repeat, for each invocation, what ours says; at WARN it still reports failures:
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    """
    return aws.lambda_.FunctionLoggingConfigArgs(
        log_format="JSON", application_log_level=level, system_log_level="WARN", log_group=log_group_name
    )
