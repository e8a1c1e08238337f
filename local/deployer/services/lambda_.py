"""Functions, layers, permissions, event source mappings and asynchronous invocation."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from infra.packaging import zip_archive
from local.deployer.errors import ResourceError
from local.deployer.resource import Created, Creator, NewResource

SERVICE = "lambda"

# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
_LONGEST_FUNCTION_NAME = 64
# https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
_LONGEST_STATEMENT_ID = 100
_ACTIVE_TIMEOUT_SECONDS = 60
_ENABLED_TIMEOUT_SECONDS = 60
# The archives never leave this machine.
_ZIP_LEVEL = 1


def create_layer_version(resource: NewResource) -> Created:
    """Publish a version of a layer."""
    inputs = resource.inputs
    version = resource.client(SERVICE).publish_layer_version(
        LayerName=inputs.take("layerName", str),
        Content={"ZipFile": zip_archive(inputs.take("code", pulumi.Archive), level=_ZIP_LEVEL)},
        **inputs.take_as(
            description="Description",
            compatibleRuntimes="CompatibleRuntimes",
            compatibleArchitectures="CompatibleArchitectures",
        ),
    )
    arn = version["LayerVersionArn"]
    return Created(arn, {"arn": arn, "layerArn": version["LayerArn"], "version": str(version["Version"])})


def create_function(resource: NewResource) -> Created:
    """Create a function and wait until it can be invoked."""
    inputs = resource.inputs
    name = resource.physical_name(longest=_LONGEST_FUNCTION_NAME)
    arn = resource.client(SERVICE).create_function(
        FunctionName=name,
        Code={"ZipFile": zip_archive(inputs.take("code", pulumi.Archive), level=_ZIP_LEVEL)},
        Environment=inputs.take_nested("environment").take_as(variables="Variables"),
        LoggingConfig=inputs.take_nested("loggingConfig").take_as(
            logFormat="LogFormat",
            applicationLogLevel="ApplicationLogLevel",
            systemLogLevel="SystemLogLevel",
            logGroup="LogGroup",
        ),
        TracingConfig=inputs.take_nested("tracingConfig").take_as(mode="Mode"),
        **inputs.take_as(
            description="Description",
            kmsKeyArn="KMSKeyArn",
            role="Role",
            handler="Handler",
            runtime="Runtime",
            architectures="Architectures",
            layers="Layers",
            memorySize="MemorySize",
            timeout="Timeout",
            tags="Tags",
        ),
    )["FunctionArn"]
    _wait_until_active(resource, name)
    # https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html
    gateway = f"arn:{resource.site.partition}:apigateway:{resource.site.cloud.region}:lambda"
    invoke_arn = f"{gateway}:path/2015-03-31/functions/{arn}/invocations"
    return Created(name, {"name": name, "arn": arn, "invokeArn": invoke_arn})


def _wait_until_active(resource: NewResource, name: str) -> None:
    client = resource.client(SERVICE)

    def is_active() -> bool:
        function = client.get_function_configuration(FunctionName=name)
        if function["State"] == "Failed":
            raise ResourceError(f"the function is not active: {function.get('StateReason')}")
        return bool(function["State"] == "Active")

    resource.site.wait_until(
        is_active, timeout_seconds=_ACTIVE_TIMEOUT_SECONDS, missing="the function is not active"
    )


def create_permission(resource: NewResource) -> Created:
    """Let a service invoke a function."""
    statement_id = resource.automatic_name(longest=_LONGEST_STATEMENT_ID)
    resource.client(SERVICE).add_permission(
        StatementId=statement_id,
        **resource.inputs.take_as(
            function="FunctionName",
            action="Action",
            principal="Principal",
            sourceArn="SourceArn",
            sourceAccount="SourceAccount",
        ),
    )
    return Created(statement_id, {"statementId": statement_id})


def create_event_source_mapping(resource: NewResource) -> Created:
    """Have a queue's messages handed to a function, and wait until they are."""
    client = resource.client(SERVICE)
    inputs = resource.inputs
    mapping = client.create_event_source_mapping(
        ScalingConfig=inputs.take_nested("scalingConfig").take_as(maximumConcurrency="MaximumConcurrency"),
        **inputs.take_as(
            eventSourceArn="EventSourceArn",
            functionName="FunctionName",
            batchSize="BatchSize",
            functionResponseTypes="FunctionResponseTypes",
            tags="Tags",
        ),
    )
    uuid = mapping["UUID"]

    def is_enabled() -> bool:
        return bool(client.get_event_source_mapping(UUID=uuid)["State"] == "Enabled")

    resource.site.wait_until(
        is_enabled, timeout_seconds=_ENABLED_TIMEOUT_SECONDS, missing="the mapping is not enabled"
    )
    return Created(uuid, {"uuid": uuid, "functionArn": mapping["FunctionArn"]})


def create_event_invoke_config(resource: NewResource) -> Created:
    """Set how often and how long asynchronous events are tried, and where those that fail go."""
    inputs = resource.inputs
    name = inputs.take("functionName", str)
    on_failure = inputs.take_nested("destinationConfig").take_nested("onFailure")
    resource.client(SERVICE).put_function_event_invoke_config(
        FunctionName=name,
        DestinationConfig={"OnFailure": on_failure.take_as(destination="Destination")},
        **inputs.take_as(
            maximumRetryAttempts="MaximumRetryAttempts",
            maximumEventAgeInSeconds="MaximumEventAgeInSeconds",
        ),
    )
    return Created(name)


CREATORS: Mapping[str, Creator] = {
    "aws:lambda/layerVersion:LayerVersion": create_layer_version,
    "aws:lambda/function:Function": create_function,
    "aws:lambda/permission:Permission": create_permission,
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": create_event_invoke_config,
    "aws:lambda/eventSourceMapping:EventSourceMapping": create_event_source_mapping,
}
