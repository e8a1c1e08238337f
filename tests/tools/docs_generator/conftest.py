from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.pulumi_graph import record_main
from tools.docs_generator import program
from tools.program_graph import Graph


@pytest.fixture(scope="session", autouse=True)
def shared_recording() -> Iterator[None]:
    """The generator's recording is shared, as the tests' own are."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(program, "record_main", record_main)
        yield


@pytest.fixture(scope="session")
def shown(shared_recording: None) -> Graph:
    """The program as the docs show it, recorded once for diagrams and tests."""
    return program.shown_program()
