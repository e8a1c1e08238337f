"""docs/settings.md describes every setting, and its example is valid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from infra.settings import Settings
from infra.webhooks.delivery_policy import _RANGES, DeliveryPolicy
from tools.docs_generator.allowed import allowed_values
from tools.docs_generator.pages import DOCS
from tools.docs_generator.settings_reference import UndescribedError, describe_settings, setting_keys

PAGE = DOCS / "settings.md"


def example() -> Any:
    block = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    return yaml.safe_load(block[1])["config"]["order-webhooks:settings"]


def keys_of(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        yield path.removesuffix(".")
        for name, part in value.items():
            yield from keys_of(part, f"{path}{name}.")
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for part in value:
            yield from keys_of(part, path)
    else:
        yield path.removesuffix(".")


def test_the_example_can_be_used() -> None:
    Settings.model_validate(example())


def test_the_example_has_every_setting() -> None:
    # A subscriber's own policy has the keys that `delivery` has shown.
    wanted = {re.sub(r"^subscribers\.delivery\..*", "subscribers.delivery", key) for key in setting_keys()}
    missing = sorted(wanted - set(keys_of(example())))
    assert not missing, f"docs/settings.md: give {', '.join(missing)} in the whole example"


def test_every_setting_has_its_row() -> None:
    rows = set(re.findall(r"^\| `([a-z_.]+)` \|", describe_settings(), re.MULTILINE))
    wanted = {key for key in setting_keys() if not key.startswith("subscribers.delivery.")}
    assert rows == wanted


def test_a_setting_without_a_description_is_refused() -> None:
    class Model(BaseModel):
        model_config = ConfigDict(use_attribute_docstrings=True)

        bare: int = 1

    with pytest.raises(UndescribedError, match="bare: write a docstring below"):
        describe_settings(Model)


@pytest.mark.parametrize("name", _RANGES)
def test_the_limits_of_a_delivery_policy_are_in_its_descriptions(name: str) -> None:
    """They are checked by a validator, which no annotation shows."""
    least, most, _ = _RANGES[name]
    description = DeliveryPolicy.model_fields[name].description or ""
    assert (f"{least} to {most}" if most is not None else f"{least} or more") in description


class Everything(BaseModel):
    text: str
    short: Annotated[str, StringConstraints(min_length=1, max_length=9)]
    filled: Annotated[str, StringConstraints(min_length=1)]
    patterned: Annotated[str, StringConstraints(pattern="^a|b$")] | None = None
    many: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=2, max_length=3)]
    choice: Literal["a", "b"]
    choices: tuple[Literal["a", "b"], ...]
    positive: Annotated[int, Field(ge=1)]
    rate: Annotated[float, Field(ge=0.5, le=2.0)] | None = None
    flag: bool
    names: dict[str, str]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("text", "text"),
        ("short", "text, 1 to 9 characters"),
        ("filled", "text, not empty"),
        ("patterned", "text, that matches `^a|b$`"),
        ("many", "list, each: whole number, 1 to 7; at least 2; at most 3"),
        ("choice", "one of `a`, `b`"),
        ("choices", "list, each: one of `a`, `b`"),
        ("positive", "whole number, 1 or more"),
        ("rate", "number, 0.5 to 2.0"),
        ("flag", "`true` or `false`"),
        ("names", "texts by name"),
    ],
)
def test_allowed_values_are_described_in_words(name: str, words: str) -> None:
    assert allowed_values(Everything.model_fields[name]) == words
