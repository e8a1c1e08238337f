from __future__ import annotations

import types
from dataclasses import replace

import pytest

from local.patches.patch import Mend, MendOutdatedError, apply_mends, source_sha256


def greet() -> str:
    return "hello"


class Host:
    def greet(self) -> str:
        return "hello"


def greet_better() -> str:
    return "good day"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A module of someone else's, with one function and one class."""
    stand_in = types.ModuleType("stand_in")
    stand_in.greet = greet
    stand_in.Host = type("Host", (Host,), {})
    monkeypatch.setitem(__import__("sys").modules, "stand_in", stand_in)
    return stand_in


MEND = Mend(
    fault="it is not polite enough",
    module="stand_in",
    attribute="greet",
    source_sha256=source_sha256(greet),
    replacement=greet_better,
)


def test_a_mend_replaces_a_function(module: types.ModuleType) -> None:
    apply_mends([MEND])

    assert module.greet() == "good day"


def test_a_mend_replaces_a_method(module: types.ModuleType) -> None:
    mend = replace(
        MEND,
        attribute="Host.greet",
        source_sha256=source_sha256(Host.greet),
        replacement=lambda _self: "good day",
    )
    apply_mends([mend])

    assert module.Host().greet() == "good day"


@pytest.mark.parametrize(
    "outdated",
    [
        replace(MEND, source_sha256="0" * 64),
        replace(MEND, attribute="gone"),
        replace(MEND, module="stand_in.gone"),
    ],
    ids=["changed", "no function", "no module"],
)
def test_an_outdated_mend_is_named_and_none_is_applied(module: types.ModuleType, outdated: Mend) -> None:
    with pytest.raises(MendOutdatedError, match="it is not polite enough"):
        apply_mends([MEND, outdated])

    assert module.greet() == "hello"


def test_no_function_of_the_emulator_has_two_mends() -> None:
    from local.patches.registry import MENDS

    mended = [(mend.module, mend.attribute) for mend in MENDS]
    assert len(set(mended)) == len(mended)
