from __future__ import annotations

import pytest

from tools.docs_generator.program import shown_program
from tools.program_graph import Graph


@pytest.fixture(scope="session")
def shown() -> Graph:
    """The program as the docs show it, recorded once for diagrams and tests."""
    return shown_program()
