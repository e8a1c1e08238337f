"""Look up the resources of a program graph by ARN or name, by component, by role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tools.program_graph import Graph, Resource

_ROLE = "aws:iam/role:Role"
_POLICY = "aws:iam/rolePolicy:RolePolicy"


class Index:
    """A program graph, and the types of resource that are drawn."""

    def __init__(self, graph: Graph, types: Sequence[str]) -> None:
        self._graph = graph
        self._drawn = [each for each in graph.resources if each.type in types]

    @staticmethod
    def key(resource: Resource) -> str:
        """Return a resource's key, its type and name, such as `queue orders` or `workflow order`."""
        return f"{resource.type.rpartition(':')[2]} {resource.name}".lower()

    def component(self, resource: Resource) -> str:
        """Return the component that a resource is part of, such as `WorkQueue orders`."""
        _, _, rest = self._graph.parents.get((resource.type, resource.name), "").rpartition("$")
        path, _, name = rest.rpartition("::")
        return f"{path.rpartition(':')[2]} {name}" if name else ""

    def find(self, output: str, value: str, type_: str | None = None) -> str | None:
        """Return the key of the drawn resource that has an output, or None."""
        found = [
            self.key(each)
            for each in self._drawn
            if each.outputs.get(output) == value and type_ in (None, each.type)
        ]
        return found[0] if found else None

    def by_output(self, output: str, value: str, type_: str | None = None) -> str:
        """Return the key of the drawn resource that has an output; raise LookupError where none has."""
        found = self.find(output, value, type_)
        if found is None:
            raise LookupError(f"no drawn resource has {output} {value}")
        return found

    def permissions(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Yield the key of each resource that has a role, with the actions and ARNs that the role allows."""
        role_names = {each.arn: each.outputs["name"] for each in self._graph.of_type(_ROLE)}
        policies: dict[str, list[tuple[str, str]]] = {}
        for policy in sorted(self._graph.of_type(_POLICY), key=lambda each: each.name):
            allowed = [pair for each in policy.document("policy")["Statement"] for pair in _pairs(each)]
            policies.setdefault(policy.inputs["role"], []).extend(allowed)
        for each in sorted(self._drawn, key=lambda each: (each.type, each.name)):
            role = each.inputs.get("role") or each.inputs.get("roleArn")
            if role is not None:
                yield self.key(each), policies[role_names[role]]

    def states_by_function(self) -> dict[str, list[str]]:
        """Return the states that invoke each function, functions and states in the order of the workflow."""
        found: dict[str, list[str]] = {}
        for machine in self._graph.of_type("aws:sfn/stateMachine:StateMachine"):
            for name, state in machine.document("definition")["States"].items():
                function = self.find("arn", state.get("Arguments", {}).get("FunctionName", ""))
                if function:
                    found.setdefault(function, []).append(name)
        return found


def _pairs(statement: dict[str, Any]) -> list[tuple[str, str]]:
    return [(action, arn) for action in statement["Action"] for arn in statement["Resource"]]
