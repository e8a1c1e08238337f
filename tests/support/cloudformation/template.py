"""A recorded graph as a CloudFormation template."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.support.cloudformation.shapes import pairs
from tests.support.cloudformation.types import PART_OF, TYPES, WITHOUT_TYPE, CloudFormationType
from tests.support.pulumi_graph import Graph, Resource

# Their keys are data, not properties.
_MAPS = {"tags", "variables"}


class UnmappedTypeError(LookupError):
    """The table in types.py has no entry for a resource type."""


def template(graph: Graph) -> dict[str, Any]:
    """Return the template with every resource of AWS that the graph has."""
    resources = [each for each in graph.resources if each.custom and each.type.startswith("aws:")]
    if unmapped := {each.type for each in resources} - TYPES.keys() - PART_OF.keys() - WITHOUT_TYPE.keys():
        raise UnmappedTypeError(f"{unmapped}: name their types in cloudformation/types.py")
    parts = _parts(resources)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The recorded program",
        "Resources": {
            _logical_id(each): _resource(each, parts.get((each.type, str(each.outputs.get("id"))), {}))
            for each in resources
            if each.type in TYPES
        },
    }


def _parts(resources: list[Resource]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the inputs that each resource gets from the resources that are a part of it."""
    parts: dict[tuple[str, str], dict[str, Any]] = {}
    for each in resources:
        if each.type in PART_OF:
            whole, reference = PART_OF[each.type]
            inputs = {name: value for name, value in each.inputs.items() if name != reference}
            parts.setdefault((whole, str(each.inputs[reference])), {}).update(inputs)
    return parts


def _logical_id(resource: Resource) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", f"{resource.type.rpartition(':')[2]} {resource.name.title()}")


def _resource(resource: Resource, parts: dict[str, Any]) -> dict[str, Any]:
    type_ = TYPES[resource.type]
    inputs = {name: _plain(value) for name, value in {**resource.inputs, **parts}.items()}
    for name in type_.documents & inputs.keys():
        inputs[name] = json.loads(inputs[name])
    reshaped = type_.reshape(inputs)
    properties = {
        _property(name, type_): value if name in type_.documents else _properties(name, value, type_)
        for name, value in reshaped.items()
        if name not in type_.left_out
    }
    if type_.physical_name:
        properties.setdefault(type_.physical_name, resource.outputs["name"])
    # Both policies are a template's own: Pulumi has `protect` and `retainOnDelete` instead.
    return {
        "Type": type_.name,
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": properties,
    }


def _properties(name: str, value: Any, type_: CloudFormationType) -> Any:
    if name in _MAPS:
        return pairs(value) if name == "tags" and "ApiGatewayV2" not in type_.name else value
    if isinstance(value, dict):
        return {_property(key, type_): _properties(key, each, type_) for key, each in value.items()}
    if isinstance(value, list):
        return [_properties("", each, type_) for each in value]
    return value


def _property(name: str, type_: CloudFormationType) -> str:
    return type_.renamed.get(name, name[:1].upper() + name[1:])


def _plain(value: Any) -> Any:
    """Return a value without Pulumi's marks: secrets unwrapped, and whole numbers as integers."""
    if isinstance(value, dict):
        if "4dabf18193072939515e22adb298388d" in value:
            return _plain(value["value"])
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
