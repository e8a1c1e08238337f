"""A Lambda function in Python with its log group and its permissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.encryption.key_use import key_for_environment, key_statements
from infra.lambdas.role import FunctionRole
from infra.monitoring.metrics import SERVICE, metrics_namespace
from infra.naming import autonamed
from infra.packaging import Sizes, check_size, function_archive


@dataclass(frozen=True, kw_only=True)
class FunctionDefaults:
    """What all functions of a stack have in common."""

    source_root: Path
    """The folder that holds the `functions` package."""
    layer_arn: pulumi.Input[str]
    layer_sizes: Sizes
    """What the layer holds: Lambda's size limit counts it with the function's own code."""
    runtime: str
    architecture: str
    memory_megabytes: int
    timeout_seconds: int
    log_level: str
    log_retention_days: int
    key_arn: pulumi.Input[str] | None
    """The key that encrypts what the functions touch, where it is not AWS's own."""


@dataclass(frozen=True, kw_only=True)
class PythonFunctionArgs:
    """What one function is made of."""

    defaults: FunctionDefaults
    role: FunctionRole
    handler_module: str
    """The module under `functions.handlers` whose `handle` is the handler."""
    description: str
    environment: Mapping[str, pulumi.Input[str]]
    statements: Sequence[iam.Statement] = ()
    """What the function's code needs beyond writing its log and its traces."""


class PythonFunction(pulumi.ComponentResource):
    """A function, its log group, and one inline policy with exactly what it needs."""

    def __init__(
        self, name: str, args: PythonFunctionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:functions:PythonFunction", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        log_group = aws.cloudwatch.LogGroup(
            name, retention_in_days=args.defaults.log_retention_days, opts=child
        )
        policy = aws.iam.RolePolicy(
            name,
            role=args.role.name,
            policy=pulumi.Output.json_dumps(_permissions(name, args, log_group.arn)),
            opts=child,
        )
        function = _function(
            name, args, log_group.name, pulumi.ResourceOptions(parent=self, depends_on=[policy])
        )
        self.name = function.name
        self.arn = function.arn
        self.invoke_arn = function.invoke_arn
        self.log_group_name = log_group.name
        self.register_outputs({"arn": self.arn})


def _permissions(name: str, args: PythonFunctionArgs, log_group_arn: pulumi.Input[str]) -> dict[str, object]:
    # The star is a stream of the function's own group: Lambda names them.
    streams = pulumi.Output.concat(log_group_arn, ":*")
    key_arn = args.defaults.key_arn
    to_decrypt = (
        [*key_statements(key_arn, args.statements), key_for_environment(key_arn, autonamed(name))]
        if key_arn is not None
        else []
    )
    return iam.document(
        iam.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [streams]),
        iam.allow_tracing(),
        *args.statements,
        *to_decrypt,
    )


def _function(
    name: str, args: PythonFunctionArgs, log_group_name: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> aws.lambda_.Function:
    defaults = args.defaults
    module = f"functions.handlers.{args.handler_module}"
    code = function_archive(defaults.source_root, module)
    check_size(name, code, layers=[defaults.layer_sizes])
    return aws.lambda_.Function(
        name,
        description=args.description,
        role=args.role.arn,
        code=code,
        handler=f"{module}.handle",
        runtime=defaults.runtime,
        architectures=[defaults.architecture],
        layers=[defaults.layer_arn],
        memory_size=defaults.memory_megabytes,
        timeout=defaults.timeout_seconds,
        environment=aws.lambda_.FunctionEnvironmentArgs(
            variables={
                **args.environment,
                "POWERTOOLS_SERVICE_NAME": SERVICE,
                "POWERTOOLS_LOG_LEVEL": defaults.log_level,
                "POWERTOOLS_METRICS_NAMESPACE": metrics_namespace(),
            }
        ),
        logging_config=aws.lambda_.FunctionLoggingConfigArgs(log_format="JSON", log_group=log_group_name),
        tracing_config=aws.lambda_.FunctionTracingConfigArgs(mode="Active"),
        opts=opts,
    )
