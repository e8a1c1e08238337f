"""What turns the functions' sources and locked requirements into archives that Lambda accepts."""

from infra.packaging.archives import function_archive, zip_archive
from infra.packaging.bytecode import Compiler
from infra.packaging.errors import PackagingError
from infra.packaging.imports import files_of
from infra.packaging.interpreter import Interpreter
from infra.packaging.layer import build_layer
from infra.packaging.size import Sizes, check_size
from infra.packaging.target import Target

__all__ = [
    "Compiler",
    "Interpreter",
    "PackagingError",
    "Sizes",
    "Target",
    "build_layer",
    "check_size",
    "files_of",
    "function_archive",
    "zip_archive",
]
