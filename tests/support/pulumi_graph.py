"""Run the program under Pulumi mocks and keep every resource with its resolved inputs."""

from __future__ import annotations

import asyncio
import contextvars
import json
import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime.mocks import MockCallArgs, MockEngine, MockMonitor, MockResourceArgs, Mocks

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

    preview: bool = False
    resources: list[Resource] = field(default_factory=list)
    urns: list[str] = field(default_factory=list)
    protected: set[tuple[str, str]] = field(default_factory=set)
    """Type and name of what Pulumi refuses to delete."""
    outputs: dict[str, Any] = field(default_factory=dict)

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        # Before anything exists, nothing but its inputs is known of a resource.
        outputs = dict(args.inputs) if self.preview else {**args.inputs, **_outputs(args)}
        self.resources.append(Resource(args.typ, args.name, args.custom, dict(args.inputs), outputs))
        return "" if self.preview else str(outputs.get("id", f"{args.name}-id")), outputs

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        return dict(_CALLS[args.token])

    def of_type(self, type_: str) -> list[Resource]:
        return [each for each in self.resources if each.type == type_]

    def named(self, type_: str, name: str) -> Resource:
        found = [each for each in self.of_type(type_) if each.name == name]
        assert len(found) == 1, f"{len(found)} resources are {type_} {name}: {self.resources}"
        return found[0]


class _Monitor(MockMonitor):
    """Keeps of a registration what the mocks are not told."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self._graph = graph

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - Pulumi's own name
        if request.protect:
            self._graph.protected.add((request.type, request.name))
        return super().RegisterResource(request)


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
        "aws:sns/topicSubscription:TopicSubscription": {"arn": f"arn:aws:sns:{base}:topic:{name}"},
        "aws:sns/topic:Topic": {"arn": f"arn:aws:sns:{base}:{name}"},
        "aws:dynamodb/table:Table": {"arn": f"arn:aws:dynamodb:{base}:table/{name}"},
        "aws:sfn/stateMachine:StateMachine": {"arn": f"arn:aws:states:{base}:stateMachine:{name}"},
        "aws:secretsmanager/secret:Secret": {"arn": _secret_arn(name), "id": _secret_arn(name)},
        "aws:secretsmanager/secretVersion:SecretVersion": {"secretArn": args.inputs.get("secretId")},
        "aws:cloudwatch/metricAlarm:MetricAlarm": {"arn": f"arn:aws:cloudwatch:{base}:alarm:{name}"},
        "aws:cloudwatch/logGroup:LogGroup": {"arn": f"arn:aws:logs:{base}:log-group:{name}"},
        "aws:apigatewayv2/domainName:DomainName": {
            "id": args.inputs.get("domainName"),
            "domainNameConfiguration": {
                **args.inputs.get("domainNameConfiguration", {}),
                "targetDomainName": "d-1a2b3c4d5e.execute-api.eu-west-1.amazonaws.com",
                "hostedZoneId": "ZLY8HYME6SFDD",
            },
        },
        "aws:apigatewayv2/api:Api": {
            "id": "a1b2c3d4e5",
            "apiEndpoint": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
            "executionArn": f"arn:aws:execute-api:{base}:a1b2c3d4e5",
        },
    }
    return {"name": name, **by_type.get(args.typ, {})}


def _secret_arn(name: str) -> str:
    return f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}-AbCdEf"


def record(
    program: Callable[[], None],
    *,
    config: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    preview: bool = False,
) -> Graph:
    """Run a program under mocks to its end and return what it registered; an error in any apply is raised.

    Pulumi keeps what it knows of a run in context variables: with a context of its own, a run neither sees
    another nor leaves anything behind.
    """
    graph = contextvars.Context().run(_record, program, dict(config or {}), dict(secrets or {}), preview)
    assert graph.resources, "the program registered nothing"
    return graph


def _record(
    program: Callable[[], None], config: dict[str, str], secrets: dict[str, str], preview: bool
) -> Graph:
    graph = Graph(preview=preview)
    monitor = _Monitor(graph)

    async def run() -> None:
        pulumi.runtime.configure(
            pulumi.runtime.Settings(
                PROJECT, "test", monitor=monitor, engine=MockEngine(None), dry_run=preview
            )
        )
        pulumi.runtime.set_all_config({**config, **secrets}, list(secrets))
        await pulumi.runtime.run_in_stack(program)
        exports = pulumi.runtime.get_root_resource().outputs
        for name, value in exports.items():
            output = pulumi.Output.from_input(value)
            graph.outputs[name] = await output.future() if await output.is_known() else pulumi.UNKNOWN

    with asyncio.Runner() as runner:
        runner.run(run())
    graph.urns = list(monitor.resources)
    return graph


def record_main(
    settings: Mapping[str, Any] | None = None,
    *,
    secrets: Mapping[str, str] | None = None,
    preview: bool = False,
) -> Graph:
    """Record the real program with the settings of a stack file, and with what is encrypted there."""
    config = {} if settings is None else {f"{PROJECT}:settings": json.dumps(settings)}

    def main() -> None:
        runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")

    encrypted = {f"{PROJECT}:{name}": value for name, value in (secrets or {}).items()}
    return record(main, config=config, secrets=encrypted, preview=preview)
