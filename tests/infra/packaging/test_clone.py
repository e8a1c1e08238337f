"""A clone on a machine that rewrites line endings has the same archives."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from infra.naming import function_names
from infra.packaging import function_archive, zip_archive
from tests.support.pulumi_graph import ROOT

# What the archives and the layer's stamp are made of.
SOURCES = ("functions", "requirements.in", "requirements.txt")


def git(directory, *arguments):
    subprocess.run(
        ["git", "-c", "user.name=test", "-c", "user.email=test@shop.test", *arguments],
        cwd=directory,
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Return a clone, made as Git for Windows makes one, of a repository with our sources."""
    directory = tmp_path_factory.mktemp("git")
    origin = directory / "origin"
    origin.mkdir()
    for name in (".gitattributes", *SOURCES):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, origin / name)
    git(origin, "init", "-q")
    git(origin, "add", "--all")
    git(origin, "commit", "-qm", "sources")
    git(directory, "clone", "-q", "-c", "core.autocrlf=true", str(origin), "clone")
    return directory / "clone"


@pytest.mark.parametrize("name", function_names())
def test_a_clone_that_rewrites_line_endings_makes_the_same_archive(clone, name):
    module = f"functions.handlers.{name.replace('-', '_')}"

    assert zip_archive(function_archive(clone, module)) == zip_archive(function_archive(ROOT, module))


@pytest.mark.parametrize("name", ["requirements.in", "requirements.txt"])
def test_a_clone_that_rewrites_line_endings_has_the_same_locks(clone, name):
    assert (clone / name).read_bytes() == (ROOT / name).read_bytes()
