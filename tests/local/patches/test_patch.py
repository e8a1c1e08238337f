from __future__ import annotations

import types
from dataclasses import replace

import pytest

from local.patches import patch as patch_module
from local.patches.patch import Patch, PatchOutdatedError, apply_patches, source_sha256


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


PATCH = Patch(
    fault="it is not polite enough",
    module="stand_in",
    attribute="greet",
    source_sha256=source_sha256(greet),
    replacement=greet_better,
)


def test_a_patch_replaces_a_function(module: types.ModuleType) -> None:
    apply_patches([PATCH])

    assert module.greet() == "good day"


def test_a_patch_replaces_a_method(module: types.ModuleType) -> None:
    patch = replace(
        PATCH,
        attribute="Host.greet",
        source_sha256=source_sha256(Host.greet),
        replacement=lambda _self: "good day",
    )
    apply_patches([patch])

    assert module.Host().greet() == "good day"


@pytest.mark.parametrize(
    "outdated",
    [
        replace(PATCH, source_sha256="0" * 64),
        replace(PATCH, attribute="gone"),
        replace(PATCH, module="stand_in.gone"),
    ],
    ids=["changed", "no function", "no module"],
)
def test_an_outdated_patch_is_named_and_none_is_applied(module: types.ModuleType, outdated: Patch) -> None:
    with pytest.raises(PatchOutdatedError, match="it is not polite enough"):
        apply_patches([PATCH, outdated])

    assert module.greet() == "hello"


def test_another_release_of_the_emulator_gets_no_patch(
    module: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patch_module, "RELEASE", "0.0.1")

    with pytest.raises(PatchOutdatedError, match=r"written for ministack 0\.0\.1"):
        apply_patches([PATCH])

    assert module.greet() == "hello"


def test_no_function_of_the_emulator_has_two_patches() -> None:
    from local.patches.registry import PATCHES

    patched = [(patch.module, patch.attribute) for patch in PATCHES]
    assert len(set(patched)) == len(patched)
