from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.emulator import Emulator, running_emulator
from tests.support.checked_clients import checked_deployer

__all__ = ["checked_deployer"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses an emulator of this file as such; other modules that start one mark themselves."""
    for item in items:
        if {"patched", "stock"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def patched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The emulator as we run it."""
    with running_emulator(work_directory=tmp_path_factory.mktemp("patched")) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The emulator without our patches: when it no longer shows a fault, the patch of that fault can go."""
    with running_emulator(work_directory=tmp_path_factory.mktemp("stock"), stock=True) as emulator:
        yield emulator
