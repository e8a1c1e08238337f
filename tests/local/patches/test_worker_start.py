from __future__ import annotations

import tempfile
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from local.emulator import Emulator
from tests.support.emulator import add_layer, archive, create_function, invoke

IMPORTS = """
import importlib


def handle(event, context):
    try:
        return getattr(importlib.import_module(event), "WHERE", "found")
    except ModuleNotFoundError as error:
        return str(error)
"""


def test_a_function_imports_its_code_its_layers_and_what_comes_with_the_runtime(patched: Emulator) -> None:
    function = create_function(patched, IMPORTS, files={"own.py": "WHERE = 'code'"})
    add_layer(patched, function, {"python/own.py": "WHERE = 'layer'", "python/more.py": "WHERE = 'layer'"})

    found = {
        name: invoke(patched, function, name) for name in ("own", "more", "boto3", "pytest", "local", "patch")
    }

    assert found == {
        "own": "code",
        "more": "layer",
        "boto3": "found",
        "pytest": "No module named 'pytest'",
        "local": "No module named 'local'",
        # Beside the worker's own program.
        "patch": "No module named 'patch'",
    }


def test_stock_lends_a_function_all_that_is_installed_here(stock: Emulator) -> None:
    assert invoke(stock, create_function(stock, IMPORTS), "pytest") == "found"


@pytest.mark.parametrize(
    ("source", "error_type", "message"),
    [
        ("import nothing_here", "Runtime.ImportModuleError", "Unable to import module 'function': No module"),
        ("def handle(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'function': "),
        ("x = 1", "Runtime.HandlerNotFound", "Handler 'handle' missing on module 'function'"),
        ("raise KeyError('TABLE')", "KeyError", "'TABLE'"),
    ],
)
def test_a_function_that_cannot_be_loaded_says_why(
    patched: Emulator, source: str, error_type: str, message: str
) -> None:
    function = create_function(patched, source)

    for _ in range(2):
        error = invoke(patched, function)
        assert error["errorType"] == error_type
        assert error["errorMessage"].startswith(message)


def test_a_function_that_ends_while_it_is_loaded_says_so(patched: Emulator) -> None:
    error = invoke(patched, create_function(patched, "import sys\nsys.exit(1)"))

    assert error["errorMessage"] == "the function's process ended while it was loaded"


def test_a_function_of_another_language_says_that_it_cannot_run(patched: Emulator) -> None:
    error = invoke(patched, create_function(patched, "", Runtime="nodejs22.x"))

    assert error["errorMessage"] == "functions for nodejs22.x cannot run here, only Python's can"


SURROUNDINGS = """
import os, time


def handle(event, context):
    time.sleep(0.3)
    return {
        "process": os.getpid(),
        "directory": os.getcwd(),
        "variables": dict(os.environ),
        "group": context.log_group_name,
    }
"""


def two_workers(emulator: Emulator, **settings: object) -> tuple[dict, dict]:
    """Return what two workers of a function see around them."""
    function = create_function(emulator, SURROUNDINGS, **settings)
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda _: invoke(emulator, function), range(2))
    assert first["process"] != second["process"]
    return first, second


def test_a_function_has_the_runtime_s_variables_and_its_own(patched: Emulator) -> None:
    own = {"Variables": {"TABLE": "orders", "AWS_REGION": "mars"}}
    seen, _ = two_workers(patched, Environment=own, LoggingConfig={"LogGroup": "/shop/orders"})
    variables = seen["variables"]

    assert variables["TABLE"] == "orders"
    assert variables["AWS_REGION"] == "us-east-1"
    assert variables["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert variables["LAMBDA_TASK_ROOT"] == seen["directory"]
    assert variables["AWS_ENDPOINT_URL"] == patched.endpoint_url
    assert variables["TZ"] == ":UTC"
    assert variables["AWS_LAMBDA_LOG_GROUP_NAME"] == seen["group"] == "/shop/orders"
    here = {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "HOME", "TMPDIR", "TZ", "TABLE"}
    assert all(name in here or name.startswith(("AWS_", "LAMBDA_", "_")) for name in variables)


@pytest.mark.parametrize(
    ("logging_config", "expected"),
    [
        ({"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"}, ("JSON", "DEBUG")),
        ({"LogFormat": "JSON", "ApplicationLogLevel": "WARN"}, ("JSON", "WARN")),
        ({"LogFormat": "JSON"}, ("JSON", "INFO")),
        ({}, ("Text", None)),
    ],
)
def test_a_function_knows_the_format_and_the_level_of_its_log(
    patched: Emulator, logging_config: dict[str, str], expected: tuple[str, str | None]
) -> None:
    variables = invoke(patched, create_function(patched, SURROUNDINGS, LoggingConfig=logging_config))[
        "variables"
    ]
    assert (variables["AWS_LAMBDA_LOG_FORMAT"], variables.get("AWS_LAMBDA_LOG_LEVEL")) == expected


def test_workers_share_their_unpacked_code(patched: Emulator, stock: Emulator) -> None:
    first, second = two_workers(patched)
    assert first["directory"] == second["directory"]

    first, second = two_workers(stock)
    assert first["directory"] != second["directory"]


def test_stock_hands_its_own_settings_on(stock: Emulator) -> None:
    seen, _ = two_workers(stock)

    assert "BIND_HOST" in seen["variables"]


def test_workers_that_start_at_once_share_a_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from local.patches import worker_start

    together = threading.Barrier(2)
    unpacked_at_once = []

    class SlowZip(zipfile.ZipFile):
        def extractall(self, *where: Path) -> None:
            with suppress(threading.BrokenBarrierError):
                unpacked_at_once.append(together.wait(timeout=0.2))
            super().extractall(*where)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(worker_start.zipfile, "ZipFile", SlowZip)
    package = archive({"a.py": "x = 1"})
    with ThreadPoolExecutor(2) as threads:
        directories = set(threads.map(lambda _: worker_start.unpacked(package), range(2)))

    assert not unpacked_at_once
    assert len(directories) == 1
    assert [path.name for path in directories.pop().iterdir()] == ["a.py"]
    assert len(list(tmp_path.iterdir())) == 1
