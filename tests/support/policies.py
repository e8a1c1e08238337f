"""The IAM policies of a recorded program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.support.pulumi_graph import Graph, Resource


def statements(graph: Graph) -> Iterator[tuple[Resource, dict[str, Any]]]:
    """Every statement of the program's policies, with its resource."""
    for each in graph.resources:
        for name in ("policy", "assumeRolePolicy"):
            if name in each.inputs:
                for statement in each.document(name)["Statement"]:
                    yield each, statement


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def allowed(graph: Graph, role: str) -> dict[str, set[str]]:
    """The actions of a role's policy and the resources of each."""
    granted: dict[str, set[str]] = {}
    for statement in graph.named("aws:iam/rolePolicy:RolePolicy", role).document("policy")["Statement"]:
        for action in as_list(statement["Action"]):
            granted.setdefault(action, set()).update(as_list(statement["Resource"]))
    return granted
