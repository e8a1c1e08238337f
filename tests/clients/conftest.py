"""The kits' packages, and a laptop whose retries and redeliveries take seconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulated_clock import start_clock
from tests.clients.environment import installed_node_kit, unpacked_wheel
from tests.support.chain import Chain, running_chain

_SPEED = 60


@pytest.fixture(scope="session")
def python_kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for PYTHONPATH, with the installed wheel."""
    return unpacked_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def node_kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose node_modules has the installed package."""
    return installed_node_kit(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    settings = {
        # Two attempts a second apart, and the same again a second later: the clock runs faster.
        "delivery": {
            "num_retries": 1,
            "num_no_delay_retries": 0,
            "num_min_delay_retries": 0,
            "num_max_delay_retries": 0,
            "min_delay_target_seconds": 60,
            "max_delay_target_seconds": 60,
        },
        "redelivery": {"delays_seconds": [120, 120]},
    }
    directory = tmp_path_factory.mktemp("clients")
    environment = start_clock(directory / "clock", _SPEED)
    with running_chain(
        directory, stack="clients", hooks=[], settings=settings, environment=environment
    ) as chain:
        yield chain
