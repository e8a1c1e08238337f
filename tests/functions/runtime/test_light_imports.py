"""A cold start imports only what the function uses: docs/performance.md has what each import costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.pulumi_graph import ROOT

# Their input comes from our own steps.
PLAIN = ("save_order", "process_payment", "update_order", "release_payment", "start_execution")
HEAVY = {
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.data_classes",
    "aws_lambda_powertools.utilities.parser",
    "asyncio",
    "stripe",
}

LIST_MODULES = "import importlib, sys; importlib.import_module(sys.argv[1]); print(*sys.modules)"


def imported_by(function: str) -> set[str]:
    """The modules in a fresh process that has imported a handler."""
    done = subprocess.run(
        [sys.executable, "-c", LIST_MODULES, f"functions.handlers.{function}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("function", PLAIN)
def test_the_workflows_functions_import_neither_pydantic_nor_what_they_do_not_use(function: str) -> None:
    assert not imported_by(function) & {*HEAVY, "pydantic"}


def test_accept_order_imports_no_model_but_its_own() -> None:
    imported = imported_by("accept_order")
    assert not imported & HEAVY
    models = {name for name in imported if name.startswith("functions.") and "webhook" in name}
    assert models == set()
    assert "functions.domain.order_models" not in imported


def test_only_stripes_gateway_imports_stripe() -> None:
    handlers = sorted(path.stem for path in (ROOT / "functions/handlers").glob("*.py"))
    program = (
        "import importlib, sys\n"
        f"for name in {handlers!r}: importlib.import_module(f'functions.handlers.{{name}}')\n"
        "assert not {'stripe', 'requests'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
