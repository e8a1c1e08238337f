"""State machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.deployer.inputs import Inputs
from local.deployer.resource import Created, Creator, NewResource

SERVICE = "stepfunctions"

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
_LONGEST_NAME = 80


def create_state_machine(resource: NewResource) -> Created:
    """Create a state machine."""
    inputs = resource.inputs
    name = resource.physical_name(longest=_LONGEST_NAME)
    encryption = inputs.take_nested("encryptionConfiguration").take_as(type="type", kmsKeyId="kmsKeyId")
    arn = resource.client(SERVICE).create_state_machine(
        name=name,
        loggingConfiguration=_logging(inputs.take_nested("loggingConfiguration")),
        tracingConfiguration=inputs.take_nested("tracingConfiguration").take_as(enabled="enabled"),
        tags=inputs.take_tags("key", "value"),
        **inputs.take_as(definition="definition", roleArn="roleArn", type="type"),
        **({"encryptionConfiguration": encryption} if encryption else {}),
    )["stateMachineArn"]
    return Created(arn, {"name": name, "arn": arn})


def _logging(inputs: Inputs) -> dict[str, Any]:
    destination = inputs.take_optional("logDestination", str)
    return {
        **inputs.take_as(level="level", includeExecutionData="includeExecutionData"),
        **(
            {"destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": destination}}]}
            if destination
            else {}
        ),
    }


CREATORS: Mapping[str, Creator] = {"aws:sfn/stateMachine:StateMachine": create_state_machine}
