"""Functions and workflows."""

from __future__ import annotations

from infra.naming import LAYER, RECORDER, SCHEDULE, WORKFLOWS, function_names
from tools.iam_documents.permission import Condition, Permission, Table, everywhere
from tools.iam_documents.place import Place

# The functions that queues feed.
CONSUMERS = (RECORDER, "start-execution")


def _functions(place: Place) -> list[str]:
    return place.arns("lambda", "function:", function_names())


def _layer(place: Place) -> str:
    return place.arn("lambda", f"layer:{place.name}-{LAYER}")


def _mappings(place: Place) -> list[str]:
    return [place.arn("lambda", "event-source-mapping:*")]


def _of_consumers(place: Place) -> Condition:
    return {"ArnLike": {"lambda:FunctionArn": place.arns("lambda", "function:", CONSUMERS)}}


FUNCTIONS: Table = {
    "aws:lambda/function:Function": (
        Permission(
            resources=_functions,
            create=("lambda:CreateFunction",),
            read=(
                "lambda:GetFunction",
                "lambda:GetFunctionCodeSigningConfig",
                "lambda:GetFunctionConfiguration",
                "lambda:ListTags",
                "lambda:ListVersionsByFunction",
            ),
            update=("lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"),
            delete=("lambda:DeleteFunction",),
            tag=("lambda:TagResource", "lambda:UntagResource"),
        ),
    ),
    "aws:lambda/permission:Permission": (
        Permission(
            resources=_functions,
            create=("lambda:AddPermission",),
            read=("lambda:GetPolicy",),
            delete=("lambda:RemovePermission",),
        ),
    ),
    "aws:lambda/layerVersion:LayerVersion": (
        Permission(resources=lambda place: [_layer(place)], create=("lambda:PublishLayerVersion",)),
        # A function that uses the layer needs to read it as well.
        Permission(
            resources=lambda place: [f"{_layer(place)}:*"],
            read=("lambda:GetLayerVersion",),
            delete=("lambda:DeleteLayerVersion",),
        ),
    ),
    "aws:lambda/eventSourceMapping:EventSourceMapping": (
        Permission(
            resources=everywhere, create=("lambda:CreateEventSourceMapping",), condition=_of_consumers
        ),
        Permission(
            resources=_mappings,
            read=("lambda:GetEventSourceMapping",),
            update=("lambda:UpdateEventSourceMapping",),
            delete=("lambda:DeleteEventSourceMapping",),
            condition=_of_consumers,
        ),
        Permission(
            resources=_mappings, read=("lambda:ListTags",), tag=("lambda:TagResource", "lambda:UntagResource")
        ),
    ),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": (
        Permission(
            resources=lambda place: place.arns("lambda", "function:", [RECORDER]),
            create=("lambda:PutFunctionEventInvokeConfig",),
            read=("lambda:GetFunctionEventInvokeConfig",),
            update=("lambda:PutFunctionEventInvokeConfig",),
            delete=("lambda:DeleteFunctionEventInvokeConfig",),
        ),
    ),
    "aws:scheduler/schedule:Schedule": (
        Permission(
            resources=lambda place: place.arns("scheduler", "schedule/default/", [SCHEDULE]),
            create=("scheduler:CreateSchedule",),
            read=("scheduler:GetSchedule",),
            update=("scheduler:UpdateSchedule",),
            delete=("scheduler:DeleteSchedule",),
        ),
    ),
    "aws:sfn/stateMachine:StateMachine": (
        Permission(
            resources=lambda place: place.arns("states", "stateMachine:", WORKFLOWS),
            create=("states:CreateStateMachine",),
            read=(
                "states:DescribeStateMachine",
                "states:ListStateMachineVersions",
                "states:ListTagsForResource",
            ),
            update=("states:UpdateStateMachine",),
            delete=("states:DeleteStateMachine",),
            tag=("states:TagResource", "states:UntagResource"),
        ),
        # The provider has the definition checked when it previews.
        Permission(resources=everywhere, read=("states:ValidateStateMachineDefinition",)),
    ),
}
