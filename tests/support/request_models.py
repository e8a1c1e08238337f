"""Checks requests against botocore's models, with the constraints that botocore itself does not enforce."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.model import OperationModel, Shape


class RequestConstraintError(AssertionError):
    """A request has a value that the service's model does not allow."""


def check_requests_of_all(session: boto3.Session) -> boto3.Session:
    """Check every request of the clients that a session makes from now on, and return the session."""
    session.events.register("before-parameter-build", _check)
    return session


def check_requests(client: Any) -> Any:
    """Check every request of a client from now on, and return the client."""
    client.meta.events.register("before-parameter-build", _check)
    return client


def violations_of(model: OperationModel, params: dict[str, Any]) -> list[str]:
    """Return what an operation's parameters have that its model does not allow."""
    return list(_violations(model.input_shape, params, model.name)) if model.input_shape else []


def _check(params: dict[str, Any], model: OperationModel, **_: Any) -> None:
    if found := violations_of(model, params):
        raise RequestConstraintError("; ".join(found))


def _violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, each in value.items():
            if name in shape.members:
                yield from _violations(shape.members[name], each, f"{path}.{name}")
    elif shape.type_name == "list" and isinstance(value, (list, tuple)):
        yield from _out_of_range(shape, len(value), path)
        for number, each in enumerate(value):
            yield from _violations(shape.member, each, f"{path}[{number}]")
    elif shape.type_name == "map" and isinstance(value, dict):
        yield from _out_of_range(shape, len(value), path)
        for name, each in value.items():
            yield from _violations(shape.key, name, f"{path} key")
            yield from _violations(shape.value, each, f"{path}.{name}")
    elif isinstance(value, (str, bytes)):
        yield from _out_of_range(shape, len(value), path)
        yield from _wrong_text(shape, value, path)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _out_of_range(shape, value, path)


def _out_of_range(shape: Shape, size: float, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield f"{path}: {size} is below {least}"
    if most is not None and size > most:
        yield f"{path}: {size} is above {most}"


def _wrong_text(shape: Shape, value: str | bytes, path: str) -> Iterator[str]:
    if not isinstance(value, str):
        return
    if (values := shape.metadata.get("enum")) and value not in values:
        yield f"{path}: {value!r} is none of {values}"
    # Classes such as \p{L} are Java's and unknown to Python: such a pattern is left out.
    pattern = shape.metadata.get("pattern", "")
    if pattern and r"\p{" not in pattern and not re.fullmatch(pattern, value):
        yield f"{path}: {value[:80]!r} does not match {pattern}"
