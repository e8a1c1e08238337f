"""Small functions that put things into an emulator, and wait for what comes of it."""

from __future__ import annotations

import io
import json
import os
import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from local.emulator import Emulator
from tests.support.waiting import wait_for

ROLE = "arn:aws:iam::000000000000:role/any"
Found = TypeVar("Found")


def files_below(*directories: Path) -> list[Path]:
    """List the files in folders that a running emulator writes to; what vanishes meanwhile is left out."""
    # os.walk goes on where a folder is gone by now; glob raises.
    return [Path(where, name) for each in directories for where, _, names in os.walk(each) for name in names]


def new_name(kind: str) -> str:
    return f"{kind}-{uuid.uuid4().hex[:8]}"


def archive(files: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, text in files.items():
            file.writestr(name, text)
    return content.getvalue()


def create_function(
    emulator: Emulator, source: str, *, files: Mapping[str, str] | None = None, **settings: Any
) -> str:
    """Create a function from the source of its main module, and return its ARN."""
    created = emulator.client("lambda").create_function(
        FunctionName=new_name("function"),
        Role=ROLE,
        Handler="function.handle",
        Code={"ZipFile": archive({"function.py": source, **(files or {})})},
        **{"Runtime": "python3.13", **settings},
    )
    return created["FunctionArn"]


def add_layer(emulator: Emulator, function_arn: str, files: Mapping[str, str]) -> None:
    client = emulator.client("lambda")
    layer = client.publish_layer_version(LayerName=new_name("layer"), Content={"ZipFile": archive(files)})
    client.update_function_configuration(FunctionName=function_arn, Layers=[layer["LayerVersionArn"]])


def invoke(emulator: Emulator, function_arn: str, event: object = None) -> Any:
    answer = emulator.client("lambda").invoke(FunctionName=function_arn, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


def create_api(emulator: Emulator, function_arn: str, *route_keys: str) -> str:
    """Create an HTTP API whose routes lead to one function, and return its URL."""
    client = emulator.client("apigatewayv2")
    api_id = client.create_api(Name="api", ProtocolType="HTTP")["ApiId"]
    integration = client.create_integration(
        ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=function_arn, PayloadFormatVersion="2.0"
    )
    for route_key in route_keys:
        target = f"integrations/{integration['IntegrationId']}"
        client.create_route(ApiId=api_id, RouteKey=route_key, Target=target)
    client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    return emulator.api_url(api_id)


def create_state_machine(emulator: Emulator, state: dict[str, Any], **settings: Any) -> str:
    """Create a JSONata state machine of one state, and return its ARN."""
    definition = {"QueryLanguage": "JSONata", "StartAt": "Only", "States": {"Only": state}}
    created = emulator.client("stepfunctions").create_state_machine(
        name=new_name("machine"), definition=json.dumps(definition), roleArn=ROLE, **settings
    )
    return created["stateMachineArn"]


def lambda_task(function_arn: str, **settings: Any) -> dict[str, Any]:
    """Return a state that invokes a function with its input and the count of retries, and ends."""
    payload = "{% $merge([$states.input, {'attempt': $states.context.State.RetryCount}]) %}"
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function_arn, "Payload": payload},
        "Output": "{% $states.result.Payload %}",
        "End": True,
        **settings,
    }


def start(emulator: Emulator, state_machine_arn: str, **settings: Any) -> str:
    client = emulator.client("stepfunctions")
    return client.start_execution(stateMachineArn=state_machine_arn, **settings)["executionArn"]


def status_of(emulator: Emulator, execution_arn: str) -> str:
    return emulator.client("stepfunctions").describe_execution(executionArn=execution_arn)["status"]


def end_of(emulator: Emulator, execution_arn: str) -> dict[str, Any]:
    """Return the execution when it is over."""
    client = emulator.client("stepfunctions")

    def find() -> dict[str, Any] | None:
        execution = client.describe_execution(executionArn=execution_arn)
        return execution if execution["status"] != "RUNNING" else None

    return wait_for(find)
