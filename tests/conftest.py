"""How many examples property tests try, what comes first, and how much is spent on garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from functools import cache

import botocore.session
import pytest
from hypothesis import settings

from tests.support.shared_files import shared_folder

__all__ = ["shared_folder"]

# A loaded machine is slow now and then: no example has a deadline.
settings.register_profile("quick", max_examples=20, deadline=None)
settings.register_profile("usual", max_examples=200, deadline=None)
settings.register_profile("thorough", max_examples=10_000, deadline=None)
settings.load_profile("usual")


@pytest.fixture(scope="session", autouse=True)
def one_loader() -> Iterator[None]:
    """Read each of botocore's models once: clients of the emulator and tests with moto have own sessions."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that start an emulator: at the end, one process would be left with the longest."""
    long = {item.path for item in items if item.get_closest_marker("e2e")}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """Spend less time on garbage: the imported packages are a million objects, and a collection visits all.

    Without this, more than half of the time of a recording of the program is collections that find nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
