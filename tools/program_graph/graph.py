"""The resources that one run of the program declared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

from tools.program_graph.outputs import AWS, Cloud


@dataclass(frozen=True)
class Resource:
    """A resource as the engine would see it: inputs in camelCase, outputs of others resolved."""

    type: str
    name: str
    custom: bool
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]

    @property
    def arn(self) -> str:
        """The resource's ARN."""
        return str(self.outputs["arn"])

    def document(self, name: str) -> Any:  # noqa: ANN401 - whatever the JSON holds
        """Return the input that holds a JSON document, parsed."""
        return json.loads(self.inputs[name])


@dataclass
class Graph(Mocks):
    """Everything that one run of the program registered, with its exports."""

    preview: bool = False
    cloud: Cloud = AWS
    resources: list[Resource] = field(default_factory=list)
    urns: list[str] = field(default_factory=list)
    protected: set[tuple[str, str]] = field(default_factory=set)
    """Type and name of what Pulumi refuses to delete."""
    parents: dict[tuple[str, str], str] = field(default_factory=dict)
    """By type and name, the URN of the component that a resource is part of."""
    dependencies: dict[tuple[str, str], set[tuple[str, str]]] = field(default_factory=dict)
    """By type and name, type and name of everything that is created first."""
    triggers: dict[tuple[str, str], Any] = field(default_factory=dict)
    """By type and name, the value whose change replaces a resource."""
    outputs: dict[str, Any] = field(default_factory=dict)

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Record a resource and return its ID and its outputs."""
        # In a preview of a new stack, only the inputs of a resource are known.
        outputs = dict(args.inputs) if self.preview else {**args.inputs, **self.cloud.outputs_of(args)}
        self.resources.append(Resource(args.typ, args.name, bool(args.custom), dict(args.inputs), outputs))
        return "" if self.preview else str(outputs.get("id", f"{args.name}-id")), outputs

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Return the result of a provider function, and no failures."""
        return self.cloud.call(args.token), []

    def of_type(self, type_: str) -> list[Resource]:
        """Return the resources of a type, in the order in which they were registered."""
        return [each for each in self.resources if each.type == type_]

    def named(self, type_: str, name: str) -> Resource:
        """Return the resource of a type and name; raise LookupError unless there is exactly one."""
        found = [each for each in self.of_type(type_) if each.name == name]
        if len(found) != 1:
            raise LookupError(f"{len(found)} resources are {type_} {name}: {self.resources}")
        return found[0]
