"""A function's environment: every type that a handler declares, and an error that names the variable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest

from functions.runtime.environment import InvalidEnvironment, read_environment, variables


@dataclass(frozen=True, kw_only=True)
class Common:
    auth: Literal["iam", "none"]


@dataclass(frozen=True, kw_only=True)
class Environment(Common):
    table_name: str
    ttl_days: int
    is_local: bool
    delays_seconds: tuple[int, ...]


GOOD = {
    "AUTH": "iam",
    "TABLE_NAME": "orders",
    "TTL_DAYS": "-1",
    "IS_LOCAL": "false",
    "DELAYS_SECONDS": "1,20",
}


@pytest.fixture(autouse=True)
def good(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_each_variable_is_converted_to_its_fields_type() -> None:
    expected = Environment(
        auth="iam", table_name="orders", ttl_days=-1, is_local=False, delays_seconds=(1, 20)
    )
    assert read_environment(Environment) == expected
    assert variables(Environment) == set(GOOD)


def test_an_empty_text_is_a_text_and_no_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE_NAME", "")
    monkeypatch.setenv("DELAYS_SECONDS", "")
    environment = read_environment(Environment)
    assert (environment.table_name, environment.delays_seconds) == ("", ())


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(InvalidEnvironment, match=f"{name} is missing"):
        read_environment(Environment)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTH", "jwt"),
        ("TTL_DAYS", "x"),
        ("TTL_DAYS", ""),
        ("IS_LOCAL", "False"),
        ("IS_LOCAL", ""),
        ("DELAYS_SECONDS", "1,x"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidEnvironment, match=name):
        read_environment(Environment)
