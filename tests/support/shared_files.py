"""Files that the processes of one test run share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_folder: Path | None = None


@pytest.fixture(scope="session", autouse=True)
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Prepare the folder that holds what one process makes for all, where there are several."""
    global _folder  # noqa: PLW0603 - one for all tests of a process
    if "PYTEST_XDIST_WORKER" in os.environ:
        _folder = tmp_path_factory.getbasetemp().parent / "shared"
        _folder.mkdir(exist_ok=True)


def shared_file(name: str) -> Path | None:
    """Return where a file is shared, or None where there is one process only."""
    return _folder and _folder / name
