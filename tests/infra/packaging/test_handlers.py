from __future__ import annotations

import importlib.util
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.packaging import (
    Compiler,
    Interpreter,
    PackagingError,
    Target,
    build_layer,
    files_of,
    function_archive,
    zip_archive,
)

ROOT = Path(__file__).resolve().parents[3]
HANDLERS = sorted(path.stem for path in (ROOT / "functions/handlers").glob("*.py") if path.stem != "__init__")

# Lambda's runtime brings boto3 and what boto3 needs: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
RUNTIME_MODULES = ("boto3", "botocore", "s3transfer", "dateutil", "urllib3", "six", "jmespath")

# -I and -S: neither the environment's packages nor this repository can help. What is imported from the
# archive and the layer must be there as bytecode: Lambda's folders are read-only, so each cold start would
# compile it.
IMPORT_ALONE = """
import importlib, sys
from importlib.machinery import SourceFileLoader

own = tuple(sys.argv[2:4])
compile_source = SourceFileLoader.source_to_code

def refuse(self, data, path, **options):
    if path.startswith(own):
        raise ImportError(f"{path} has no bytecode")
    return compile_source(self, data, path, **options)

SourceFileLoader.source_to_code = refuse
sys.path[:0] = sys.argv[2:]
importlib.import_module(sys.argv[1])
"""


@pytest.fixture(scope="module")
def compiler():
    return Compiler(Interpreter.of(Target.host()), ROOT / ".cache")


@pytest.fixture(scope="module")
def layer(compiler):
    """Make the layer as the program does for this machine, or take the one that it made."""
    try:
        return build_layer(
            Target.host(),
            requirements=ROOT / "functions/requirements.txt",
            cache=ROOT / ".cache" / "layers",
            compiler=compiler,
        )
    except PackagingError as error:
        if "cannot be reached" in str(error):
            pytest.skip(str(error))
        raise


@pytest.fixture(scope="module")
def runtime(tmp_path_factory):
    """Make a folder with what Lambda's own runtime has, and nothing else of this environment."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in RUNTIME_MODULES:
        origin = Path(importlib.util.find_spec(name).origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (folder / source.name).symlink_to(source)
    return folder


def test_there_are_handlers():
    assert "accept_order" in HANDLERS


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_handlers_files_are_its_own_and_those_of_functions(handler):
    files = files_of(ROOT, f"functions.handlers.{handler}")

    assert f"functions/handlers/{handler}.py" in files
    assert all(name.startswith("functions/") and name.endswith(".py") for name in files)
    assert all((ROOT / name).is_file() for name in files)


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_handler_imports_from_its_archive_and_the_layer_alone(handler, layer, compiler, runtime, tmp_path):
    module = f"functions.handlers.{handler}"
    with zipfile.ZipFile(io.BytesIO(zip_archive(function_archive(ROOT, module, compiler)))) as file:
        file.extractall(tmp_path)

    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-B",
            "-c",
            IMPORT_ALONE,
            module,
            str(tmp_path),
            str(layer / "python"),
            str(runtime),
        ],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
