"""The failure this guards against: a release whose packages and documents name different versions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.pulumi_graph import ROOT
from tools.release import CHANGELOG, COPIES, SOURCE, UNRELEASED, copies, current_version, release


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path in (SOURCE, CHANGELOG, *COPIES):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, tmp_path / path)
    (tmp_path / CHANGELOG).write_text(f"# Changes\n\n{UNRELEASED}\n\n- A change.\n\n## 0.9.0 (2026-01-01)\n")
    return tmp_path


def test_every_copy_is_the_projects_version() -> None:
    assert set(copies().values()) == {current_version()}


def test_a_release_sets_the_version_everywhere_and_dates_its_notes(project: Path) -> None:
    release(project, "7.0.1", "2026-11-27")
    assert current_version(project) == "7.0.1"
    assert set(copies(project).values()) == {"7.0.1"}
    assert (project / CHANGELOG).read_text() == (
        f"# Changes\n\n{UNRELEASED}\n\n## 7.0.1 (2026-11-27)\n\n- A change.\n\n## 0.9.0 (2026-01-01)\n"
    )
    assert (project / "receiver/node/package.json").read_text().count("7.0.1") == 1


@pytest.mark.parametrize("version", ["0.9.9", "1.1", "v2.0.0", "2.0.0-rc1"])
def test_a_version_that_is_not_the_next_is_refused(project: Path, version: str) -> None:
    with pytest.raises(ValueError, match="is not a version after"):
        release(project, version, "2026-11-27")


def test_a_release_without_notes_is_refused(project: Path) -> None:
    (project / CHANGELOG).write_text(f"# Changes\n\n{UNRELEASED}\n\n## 0.9.0 (2026-01-01)\n\n- A change.\n")
    with pytest.raises(ValueError, match="no notes"):
        release(project, "7.0.1", "2026-11-27")
