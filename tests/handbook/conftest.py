from __future__ import annotations

import pytest

from handbook.program import shown_program
from rehearsal import Graph


@pytest.fixture(scope="session")
def shown() -> Graph:
    """The program as the handbook's pictures show it, recorded once for pictures and tests."""
    return shown_program()
