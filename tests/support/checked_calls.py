"""What the emulator loads to check the functions' requests against botocore's models.

`--plug tests.support.checked_calls`, with the file for what is found in the environment.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import botocore.session
from botocore.model import OperationModel, ServiceModel, Shape

from tests.support.request_models import violations_of
from tools.function_calls import watch_calls

FILE = "CHECKED_CALLS_FILE"
# The emulator's name of each service that a function calls, and botocore's.
_MODELS = {
    "dynamodb": "dynamodb",
    "secretsmanager": "secretsmanager",
    "sns": "sns",
    "sqs": "sqs",
    "states": "stepfunctions",
}


def plug_in() -> None:
    """Change the emulator in whose process this runs."""
    watch_calls(_MODELS, _check)


def read_violations(file: Path) -> list[str]:
    """Return what was found so far."""
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def violations_of_call(service: str, headers: Mapping[str, str], body: bytes) -> list[str]:
    """Return what a call's parameters have that the service's model does not allow."""
    model = model_of(service)
    if model.metadata["protocol"] == "query":
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        operation = model.operation_model(form["Action"])
        return violations_of(operation, parameters_of(operation, form))
    operation = model.operation_model(headers["x-amz-target"].rpartition(".")[2])
    return violations_of(operation, json.loads(body))


def parameters_of(operation: OperationModel, form: Mapping[str, str]) -> dict[str, Any]:
    """Return an operation's parameters as botocore takes them, from a form of AWS's query protocol."""
    return _members(operation.input_shape, form, "") if operation.input_shape else {}


@cache
def model_of(service: str) -> ServiceModel:
    """Return botocore's model of a service."""
    return botocore.session.get_session().get_service_model(_MODELS[service])


def _check(service: str, headers: Mapping[str, str], body: bytes) -> None:
    if found := violations_of_call(service, headers, body):
        _record(found)


def _record(found: list[str]) -> None:
    with Path(os.environ[FILE]).open("a", encoding="utf-8") as file:
        file.writelines(f"{each}\n" for each in found)


def _value(shape: Shape, form: Mapping[str, str], name: str) -> Any:
    """Return a value of AWS's query protocol, which has one parameter for each leaf."""
    if shape.type_name == "structure":
        return _members(shape, form, f"{name}.")
    if shape.type_name == "list":
        return [_value(shape.member, form, each) for each in _numbered(form, f"{name}.member")]
    if shape.type_name == "map":
        key, value = (
            each.serialization.get("name", usual)
            for each, usual in ((shape.key, "key"), (shape.value, "value"))
        )
        entries = _numbered(form, f"{name}.entry")
        return {form[f"{each}.{key}"]: _value(shape.value, form, f"{each}.{value}") for each in entries}
    return form[name]


def _members(shape: Shape, form: Mapping[str, str], prefix: str) -> dict[str, Any]:
    return {
        name: _value(member, form, f"{prefix}{name}")
        for name, member in shape.members.items()
        if _has(form, f"{prefix}{name}")
    }


def _numbered(form: Mapping[str, str], prefix: str) -> list[str]:
    names = (f"{prefix}.{number}" for number in range(1, len(form) + 1))
    return [each for each in names if _has(form, each)]


def _has(form: Mapping[str, str], name: str) -> bool:
    return any(each == name or each.startswith(f"{name}.") for each in form)
