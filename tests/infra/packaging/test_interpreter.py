from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from infra.packaging import Interpreter, PackagingError, Target
from infra.settings.resources import FunctionSettings

RUNTIMES = get_args(FunctionSettings.model_fields["runtime"].annotation)


def test_the_laptops_code_is_compiled_by_the_python_that_runs_this(tmp_path):
    interpreter = Interpreter.of(Target.host())

    assert interpreter.executable(tmp_path) == sys.executable
    assert interpreter.release == platform.python_version()
    assert interpreter.tag == sys.implementation.cache_tag


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_each_runtime_has_one_release_of_its_version(runtime):
    interpreter = Interpreter.of(Target(runtime, "arm64"))

    assert interpreter.release.startswith(f"{runtime.removeprefix('python')}.")
    assert interpreter.tag == f"cpython-3{interpreter.release.split('.')[1]}"
    assert interpreter == Interpreter.of(Target(runtime, "x86_64"))


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_uv_can_download_each_release(runtime):
    from uv import find_uv_bin

    release = Interpreter.of(Target(runtime, "arm64")).release
    listed = subprocess.run(
        [find_uv_bin(), "python", "list", "--all-versions", "--only-downloads", "--offline"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert f"cpython-{release}-" in listed.stdout


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Leave uv nothing but what a test puts on its search path, and no network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.setenv("UV_PYTHON_INSTALL_MIRROR", "http://127.0.0.1:9/nothing")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))

    def put(*folders):
        monkeypatch.setenv("PATH", os.pathsep.join(str(each) for each in folders))

    put()
    return put


def test_a_candidate_that_does_not_start_is_passed_over(elsewhere, tmp_path):
    shims, real = tmp_path / "shims", Path(sys.base_prefix, "bin")
    shims.mkdir()
    for name in ("python", "python3", f"python3.{sys.version_info.minor}"):
        (shims / name).write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
        (shims / name).chmod(0o755)
    elsewhere(shims, real)

    found = Interpreter(platform.python_version(), "x", is_host=False).executable(tmp_path / "downloads")

    assert Path(found).is_relative_to(real)


def test_a_release_that_cannot_be_had_is_explained(elsewhere, tmp_path):
    interpreter = Interpreter.of(Target("python3.13", "arm64"))

    with pytest.raises(PackagingError) as caught:
        interpreter.executable(tmp_path / "downloads")

    message = str(caught.value)
    assert message.startswith(f"Python {interpreter.release}, which compiles the functions' code, is not on")
    assert f"run `.venv/bin/uv python install {interpreter.release}`" in message
    assert "set functions.bytecode: false" in message
    assert "uv said: " in message
    assert "\n" not in message
