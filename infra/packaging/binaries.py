"""A check that the compiled files of a layer are made for the Python that will load them."""

from __future__ import annotations

import re
from pathlib import Path

from infra.packaging.errors import PackagingError
from infra.packaging.target import Target

_ELF_MAGIC = b"\x7fELF"
_ELF_MACHINES = {62: "x86_64", 183: "arm64"}  # e_machine, https://refspecs.linuxfoundation.org/elf/gabi4+
_ELF_MACHINE_AT = 18
_COMPILED = re.compile(r"\.(so|dylib|pyd|dll)(\.\d+)*$")
_TAGGED = re.compile(r"\.(cpython-|cp\d|pypy|graalpy)[^/]*$")


def refuse_foreign_binaries(tree: Path, target: Target) -> None:
    """Raise PackagingError if a compiled file is of another machine, system or Python than the target."""
    for path in sorted(tree.rglob("*")):
        if _COMPILED.search(path.name) and path.is_file():
            fault = _fault(path, target)
            if fault:
                raise PackagingError(
                    f"{path.relative_to(tree).as_posix()} {fault}, and the layer is for {target}: its "
                    "package is mislabelled, so pin another version of it in functions/requirements.in and "
                    "run `make lock`."
                )


def _fault(path: Path, target: Target) -> str | None:
    if _TAGGED.search(path.name) and not path.name.endswith(target.extension_suffix):
        return f"is made for another Python (expected *{target.extension_suffix})"
    if "linux" not in target.extension_suffix:
        return None  # a laptop's own system, whose file format is not ELF
    with path.open("rb") as file:
        header = file.read(_ELF_MACHINE_AT + 2)
    if not header.startswith(_ELF_MAGIC):
        return "is not a Linux library"
    machine = int.from_bytes(header[_ELF_MACHINE_AT:], "little")
    if _ELF_MACHINES.get(machine) != target.architecture:
        return f"is made for {_ELF_MACHINES.get(machine, f'machine {machine}')}"
    return None
