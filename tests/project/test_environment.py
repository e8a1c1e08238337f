"""How `make` makes the Python environment, with stand-ins for Python and uv; and what the laptop needs."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALL = ROOT / "tools" / "environment" / "install.sh"
# What runs with the laptop's packages alone.
LAPTOP = ("functions", "infra", "local", "ops", "receiver", "workflow_definitions")

# Answers the version checks, and makes an environment with itself and a uv in it.
PYTHON = """#!/bin/sh
case "$*" in
*"version_info < (3, 11)"*) exit {too_old} ;;
*python_version*) echo {version} ;;
"-m venv"*) rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python; cp "$FAKES/uv" .venv/bin/uv ;;
*) exit 9 ;;
esac
"""
UV = """#!/bin/sh
case "$*" in *"pip install"*)
    echo 'Downloading big (14.3MiB)' >&2
    echo ' + big==1' >&2
    if [ -e "$FAKES/offline" ]; then echo 'error: no network' >&2; exit 2; fi
esac
"""


class Folder:
    """A project's folder, and a PATH with the system's tools and a Python of some version."""

    def __init__(self, path: Path) -> None:
        self.path = path / "project"
        self.fakes = path / "fakes"
        self.fakes.mkdir()
        self.path.mkdir()
        for name in ("requirements.txt", "requirements-local.txt"):
            shutil.copy(ROOT / name, self.path)
        for tool in "sh grep sed awk tail touch rm cp du cut mkdir".split():
            (self.fakes / tool).symlink_to(str(shutil.which(tool)))
        self.write("uv", UV)

    def write(self, name: str, text: str) -> None:
        (self.fakes / name).write_text(text)
        (self.fakes / name).chmod(0o755)

    def add_python(self, name: str, version: str) -> None:
        too_old = int(version.startswith("3.10"))
        self.write(name, PYTHON.format(version=version, too_old=too_old))

    def install(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [INSTALL, "requirements-local.txt", ".venv/.local-ready"],
            cwd=self.path,
            env={"PATH": str(self.fakes), "FAKES": str(self.fakes), "HOME": "/nonexistent"},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_an_old_python_is_named_and_nothing_is_made(folder: Folder) -> None:
    folder.add_python("python3", "3.10.13")
    done = folder.install()
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert f"{folder.fakes / 'python3'} (3.10.13)" in done.stderr
    assert not (folder.path / ".venv").exists()


def test_a_newer_python_is_found_behind_an_old_one_and_one_that_does_not_run(folder: Folder) -> None:
    folder.write("python3.11", "#!/bin/sh\nexit 127\n")
    folder.add_python("python3", "3.10.13")
    folder.add_python("python", "3.13.1")
    done = folder.install()
    assert (done.returncode, done.stderr) == (0, "")
    assert "3.13.1" in done.stdout


def test_an_interrupted_environment_is_replaced_and_a_finished_one_is_kept(folder: Folder) -> None:
    folder.add_python("python3", "3.12.1")
    leftover = folder.path / ".venv" / "leftover"
    leftover.parent.mkdir()
    leftover.touch()
    assert folder.install().returncode == 0
    assert not leftover.exists()
    leftover.touch()
    assert folder.install().returncode == 0
    assert leftover.exists()


def test_a_failed_installation_says_why_and_leaves_no_stamp(folder: Folder) -> None:
    folder.add_python("python3", "3.12.1")
    (folder.fakes / "offline").touch()
    done = folder.install()
    assert done.returncode == 1
    assert "error: no network" in done.stdout
    assert not (folder.path / ".venv" / ".local-ready").exists()


def test_large_downloads_are_shown_and_the_list_of_packages_is_not(folder: Folder) -> None:
    folder.add_python("python3", "3.12.1")
    out = folder.install().stdout
    assert "  big (14.3MiB)\n" in out
    assert "big==1" not in out


def test_the_laptop_imports_nothing_but_what_its_requirements_lock() -> None:
    locked = {_normal(name) for name in _locked("requirements-local.txt")}
    distributions = packages_distributions()
    needed = {
        (module, _normal(distribution))
        for path in _laptop_files()
        for module in _imported(path)
        if module not in sys.stdlib_module_names
        for distribution in distributions.get(module, [])
    }
    assert {module for module, _ in needed} >= {"boto3", "pulumi", "ministack", "rich", "stripe"}
    assert {each for each in needed if each[1] not in locked} == set()


def _laptop_files() -> Iterator[Path]:
    yield ROOT / "__main__.py"
    for package in LAPTOP:
        yield from (ROOT / package).rglob("*.py")


def _imported(path: Path) -> set[str]:
    """The packages that a module imports, not those that it only has types of."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def _locked(name: str) -> list[str]:
    return re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
