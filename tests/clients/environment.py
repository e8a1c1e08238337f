"""What clients install: the kits' packages, frameworks and tools, apart from this project's environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.pulumi_graph import ROOT

HERE = Path(__file__).parent
PYTHON = HERE / ".venv" / "bin" / "python"
MODULES = HERE / "node_modules"
EXAMPLES = ROOT / "examples" / "receivers"
EXAMPLES_MODULES = EXAMPLES / "node_modules"
NODE = shutil.which("node")
KIT = ROOT / "receiver"

needs_python = pytest.mark.skipif(not PYTHON.exists(), reason="`make clients` has not installed the packages")
needs_node = pytest.mark.skipif(
    NODE is None or not (MODULES.exists() and EXAMPLES_MODULES.exists()),
    reason="`make clients` has not installed the packages, or Node is not on this machine",
)


def run(
    command: Sequence[str | Path],
    directory: Path,
    *,
    environment: Mapping[str, str] | None = None,
    standard_input: str | None = None,
) -> str:
    """Run a command that must succeed; return its output."""
    done = subprocess.run(
        command,
        cwd=directory,
        env={**os.environ, **(environment or {})},
        input=standard_input,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build_wheel(directory: Path) -> Path:
    """Build the Python kit's wheel as `pip install` does; return its path."""
    run([PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", directory], KIT)
    (wheel,) = directory.glob("*.whl")
    return wheel


def unpacked_wheel(directory: Path) -> Path:
    """Return a folder that holds what installing the wheel puts beside other packages."""
    site = directory / "site"
    with zipfile.ZipFile(build_wheel(directory)) as archive:
        archive.extractall(site)
    return site


def pack_node_kit(directory: Path) -> Path:
    """Pack the kit for Node as `npm pack` does; return the archive."""
    run(["npm", "pack", "--silent", "--pack-destination", directory], KIT / "node")
    (archive,) = directory.glob("*.tgz")
    return archive


def installed_node_kit(directory: Path) -> Path:
    """Return a folder whose `node_modules` has what `npm install` puts there from the archive."""
    with tarfile.open(pack_node_kit(directory)) as archive:
        archive.extractall(directory, filter="data")
    (directory / "node_modules").mkdir()
    (directory / "package").rename(directory / "node_modules" / "order-webhooks-receiver")
    return directory
