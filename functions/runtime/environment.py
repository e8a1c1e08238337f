"""A function's environment variables as the frozen dataclass that its handler declares."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from functions.runtime.log import logger

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Environment = TypeVar("Environment", bound=DataclassInstance)
else:
    Environment = TypeVar("Environment")

# Lambda sets it for every function, and so does the laptop's emulator:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_INIT_PHASE_VARIABLE = "AWS_LAMBDA_INITIALIZATION_TYPE"

_BOOLEANS = {"true": True, "false": False}


class InvalidEnvironment(ValueError):  # noqa: N818 - reads as what it is
    """A variable is missing or has a value that its type does not have; the message names the variable."""


def prepared(
    environment_type: type[Environment], prepare: Callable[[Environment], object]
) -> Callable[[], Environment]:
    """Return what gives a handler its environment at each invocation.

    Inside Lambda the environment is read, the logger is made and `prepare` is called at once: in the init
    phase, which runs at full speed, before the first request. Elsewhere nothing happens until the handler is
    invoked.
    """
    if _INIT_PHASE_VARIABLE not in os.environ:
        return lambda: read_environment(environment_type)
    environment = read_environment(environment_type)
    prepare(environment)
    logger()
    return lambda: environment


def variables(environment_type: type[Environment]) -> frozenset[str]:
    """Return the names of the variables, as the infrastructure must set them."""
    return frozenset(field.name.upper() for field in fields(environment_type))


def read_environment(environment_type: type[Environment]) -> Environment:
    """Read a function's environment: the field `orders_table_name` is the variable `ORDERS_TABLE_NAME`.

    A field is a `str`, an `int`, a `bool` ("true" or "false"), a `Literal` of strings, or a tuple of such,
    which is written with commas. Raises `InvalidEnvironment`.
    """
    types = get_type_hints(environment_type)
    return environment_type(
        **{field.name: _read(field.name.upper(), types[field.name]) for field in fields(environment_type)}
    )


def _read(variable: str, type_: Any) -> Any:  # noqa: ANN401 - whatever the field's type is
    text = os.environ.get(variable)
    if text is None:
        raise InvalidEnvironment(f"The environment variable {variable} is missing.")
    try:
        return _converted(text, type_)
    except ValueError as error:
        raise InvalidEnvironment(f"The environment variable {variable} {error}.") from None


def _converted(text: str, type_: Any) -> Any:  # noqa: ANN401 - as above
    if type_ is str:
        return text
    if type_ is int:
        return _integer(text)
    if type_ is bool:
        return _choice(text, _BOOLEANS)
    if get_origin(type_) is Literal:
        return _choice(text, {each: each for each in get_args(type_)})
    if get_origin(type_) is tuple:
        return tuple(_converted(each, get_args(type_)[0]) for each in text.split(",") if each)
    raise TypeError(f"An environment cannot have a field of the type {type_}.")


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"is {text!r}, which is no integer") from None


def _choice(text: str, choices: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
    if text not in choices:
        raise ValueError(f"is {text!r}; it must be one of {', '.join(choices)}")
    return choices[text]
