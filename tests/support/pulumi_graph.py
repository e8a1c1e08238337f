"""Run the program under Pulumi mocks and keep every resource with its resolved inputs."""

from __future__ import annotations

import asyncio
import json
import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.stack import run_pulumi_func

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "order-webhooks"

_CALLS = {
    "aws:index/getPartition:getPartition": {"partition": "aws", "dnsSuffix": "amazonaws.com"},
    "aws:index/getRegion:getRegion": {"region": "eu-west-1"},
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
}


@dataclass(frozen=True)
class Resource:
    """A resource as the engine would have seen it: inputs in camelCase, outputs of others filled in."""

    type: str
    name: str
    custom: bool
    urn: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]

    @property
    def arn(self) -> str:
        return str(self.outputs["arn"])

    def document(self, name: str) -> Any:
        """The input that holds a JSON document, parsed."""
        return json.loads(self.inputs[name])


@dataclass
class Graph(Mocks):
    """Everything that one run of the program registered."""

    resources: list[Resource] = field(default_factory=list)
    urns: list[str] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        outputs = {"arn": f"arn:aws:mock:::{args.typ}/{args.name}", **args.inputs, **_outputs(args)}
        self.resources.append(Resource(args.typ, args.name, args.custom, "", dict(args.inputs), outputs))
        return str(outputs.get("id", f"{args.name}-id")), outputs

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        return dict(_CALLS[args.token])

    def of_type(self, type_: str) -> list[Resource]:
        return [each for each in self.resources if each.type == type_]

    def named(self, type_: str, name: str) -> Resource:
        found = [each for each in self.of_type(type_) if each.name == name]
        assert len(found) == 1, f"{len(found)} resources are {type_} {name}: {self.resources}"
        return found[0]


def _outputs(args: MockResourceArgs) -> dict[str, Any]:
    name = args.inputs.get("name", f"{args.name}-1a2b3c4")
    base = "eu-west-1:123456789012"
    by_type: dict[str, dict[str, Any]] = {
        "aws:lambda/function:Function": {
            "arn": f"arn:aws:lambda:{base}:function:{name}",
            "invokeArn": f"arn:aws:apigateway:eu-west-1:lambda:path/{name}/invocations",
        },
        "aws:lambda/layerVersion:LayerVersion": {"arn": f"arn:aws:lambda:{base}:layer:{name}:1"},
        "aws:iam/role:Role": {"arn": f"arn:aws:iam::123456789012:role/{name}"},
        "aws:sqs/queue:Queue": {
            "arn": f"arn:aws:sqs:{base}:{name}",
            "id": f"https://sqs.eu-west-1.amazonaws.com/123456789012/{name}",
            "url": f"https://sqs.eu-west-1.amazonaws.com/123456789012/{name}",
        },
        "aws:sns/topic:Topic": {"arn": f"arn:aws:sns:{base}:{name}"},
        "aws:dynamodb/table:Table": {"arn": f"arn:aws:dynamodb:{base}:table/{name}"},
        "aws:sfn/stateMachine:StateMachine": {"arn": f"arn:aws:states:{base}:stateMachine:{name}"},
        "aws:cloudwatch/logGroup:LogGroup": {"arn": f"arn:aws:logs:{base}:log-group:{name}"},
        "aws:apigatewayv2/api:Api": {
            "id": "a1b2c3d4e5",
            "apiEndpoint": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
            "executionArn": f"arn:aws:execute-api:{base}:a1b2c3d4e5",
        },
    }
    return {"name": name, **by_type.get(args.typ, {})}


def record(
    program: Callable[[], None], *, config: Mapping[str, str] | None = None, preview: bool = False
) -> Graph:
    """Run a program under mocks to its end and return what it registered; an error in any apply is raised."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    graph = Graph()
    monitor = MockMonitor(graph)
    pulumi.runtime.set_all_config(dict(config or {}))
    try:
        pulumi.runtime.set_mocks(graph, PROJECT, "test", preview=preview, monitor=monitor)
        loop.run_until_complete(run_pulumi_func(program))
        root = pulumi.runtime.get_root_resource()
        exports = {} if preview else dict(root.outputs if root else {})
        for name, value in exports.items():
            graph.outputs[name] = loop.run_until_complete(pulumi.Output.from_input(value).future())
    finally:
        pulumi.runtime.set_all_config({})
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()
    graph.urns = list(monitor.resources)
    assert graph.resources, "the program registered nothing"
    return graph


def record_main(settings: Mapping[str, Any] | None = None, *, preview: bool = False) -> Graph:
    """Record the real program with the settings of a stack file."""
    config = {} if settings is None else {f"{PROJECT}:settings": json.dumps(settings)}

    def main() -> None:
        runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")

    return record(main, config=config, preview=preview)
