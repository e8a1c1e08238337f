from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from infra.packaging import PackagingError, files_of


@pytest.fixture
def tree(tmp_path):
    def write(**files: str) -> Path:
        for package in ("functions", "functions/handlers", "functions/domain"):
            (tmp_path / package).mkdir(parents=True, exist_ok=True)
            (tmp_path / package / "__init__.py").touch()
        for name, text in files.items():
            (tmp_path / f"functions/{name.replace('__', '/')}.py").write_text(textwrap.dedent(text))
        return tmp_path

    return write


PACKAGES = {"functions/__init__.py", "functions/handlers/__init__.py"}


@pytest.mark.parametrize(
    "line",
    [
        "import functions.domain.order",
        "import functions.domain.order as order",
        "from functions.domain import order",
        "from functions.domain.order import Order",
        "from functions.domain.order import *",
        "from ..domain import order",
        "from ..domain.order import Order",
        "from .. import domain\nfrom functions.domain import order",
        "def handle():\n    from functions.domain import order",
        "try:\n    import functions.domain.order\nexcept ImportError:\n    pass",
        "if True:\n    import functions.domain.order",
        "from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    import functions.domain.order",
        "import typing\nif typing.TYPE_CHECKING:\n    pass\nelse:\n    import functions.domain.order",
    ],
)
def test_an_import_brings_its_module_and_the_packages_around_it(tree, line):
    root = tree(handlers__accept=line, handlers__other="", domain__order="", domain__unused="")

    assert set(files_of(root, "functions.handlers.accept")) == PACKAGES | {
        "functions/handlers/accept.py",
        "functions/domain/__init__.py",
        "functions/domain/order.py",
    }


@pytest.mark.parametrize(
    "line",
    [
        "import json, boto3, os.path",
        "import functionsmith",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from functions.domain import order",
        "import typing\nif typing.TYPE_CHECKING:\n    import functions.domain.missing",
        "text = 'import functions.domain.order'",
    ],
)
def test_what_does_not_run_or_is_not_ours_brings_nothing(tree, line):
    root = tree(handlers__accept=line, domain__order="")

    assert set(files_of(root, "functions.handlers.accept")) == PACKAGES | {"functions/handlers/accept.py"}


def test_the_closure_is_transitive_ends_in_cycles_and_is_sorted(tree):
    root = tree(
        handlers__accept="from functions.domain import a",
        domain__a="from functions.domain import b",
        domain__b="from functions.domain import a",
    )

    files = files_of(root, "functions.handlers.accept")

    assert list(files) == sorted(files)
    assert {"functions/domain/a.py", "functions/domain/b.py"} < set(files)


def test_what_a_package_imports_when_it_is_entered_is_needed_too(tree):
    root = tree(handlers____init="", handlers__accept="", domain__order="")
    (root / "functions/__init__.py").write_text("from functions.domain.order import Order\n")

    assert "functions/domain/order.py" in files_of(root, "functions.handlers.accept")


def test_a_name_that_a_package_defines_is_not_taken_for_a_module(tree):
    root = tree(handlers__accept="from functions.domain import LIMIT, build, Order, json")
    (root / "functions/domain/__init__.py").write_text(
        "import json\nLIMIT = 1\ndef build(): ...\nclass Order: ...\n"
    )

    assert "functions/domain/__init__.py" in files_of(root, "functions.handlers.accept")


@pytest.mark.parametrize(
    ("line", "module"),
    [
        ("import functions.domain.ordre", "functions.domain.ordre"),
        ("from functions.domain import ordre", "functions.domain.ordre"),
        ("from functions.domain.ordre import Order", "functions.domain.ordre"),
        ("from ..domian import order", "functions.domian"),
        ("from . import ordre", "functions.handlers.ordre"),
    ],
)
def test_a_missing_module_is_an_error_that_names_importer_and_line(tree, line, module):
    root = tree(handlers__accept=f"import json\n\n{line}\n", domain__order="")

    with pytest.raises(PackagingError) as caught:
        files_of(root, "functions.handlers.accept")

    assert str(caught.value).startswith(
        f"functions/handlers/accept.py:3 imports {module}, but there is neither"
    )


def test_a_missing_handler_is_an_error(tree):
    with pytest.raises(PackagingError, match=r"the program imports functions\.handlers\.absent, but"):
        files_of(tree(), "functions.handlers.absent")


def test_an_import_from_above_the_package_is_an_error(tree):
    root = tree(handlers__accept="from .... import x")

    with pytest.raises(PackagingError, match=r"accept\.py:1 imports from above the top"):
        files_of(root, "functions.handlers.accept")


def test_a_file_that_is_not_python_is_an_error_with_its_place(tree):
    root = tree(handlers__accept="x = 1\ndef (:\n")

    with pytest.raises(PackagingError, match=r"accept\.py:2 is not valid Python"):
        files_of(root, "functions.handlers.accept")
