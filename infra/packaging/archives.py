"""Pulumi archives of our code, and the zip that they become."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pulumi

from infra.packaging.bytecode import Compiler
from infra.packaging.errors import PackagingError
from infra.packaging.imports import files_of

# The earliest date that a zip can hold. Any fixed date does: the same files then give the same zip.
_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_REGULAR_READABLE_FILE = 0o100644


def function_archive(
    root: Path, handler_module: str, compiler: Compiler | None = None
) -> pulumi.AssetArchive:
    """Archive exactly the files that a handler's module needs, under the paths they have from `root`.

    With a compiler their bytecode is beside them; tracebacks quote the sources.
    """
    names = files_of(root, handler_module)
    files = {name: root / name for name in names}
    if compiler is not None:
        files |= compiler.compile_code(root, names)
    return pulumi.AssetArchive({name: pulumi.FileAsset(str(path)) for name, path in files.items()})


def zip_archive(archive: pulumi.Archive, *, level: int = 6) -> bytes:
    """Zip an archive so that the same content gives the same bytes on this machine.

    `level` is zlib's, from 1, the quickest, to 9.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in sorted(contents(archive), key=lambda item: item[0]):
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = _UNIX
            info.external_attr = _REGULAR_READABLE_FILE << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            code = content if isinstance(content, bytes) else content.read_bytes()
            file.writestr(info, code, compresslevel=level)
    return buffer.getvalue()


def contents(archive: pulumi.Archive | pulumi.Asset, name: str = "") -> Iterator[tuple[str, Path | bytes]]:
    """List an archive's files as (name with slashes, content or the file that has it)."""
    if isinstance(archive, pulumi.AssetArchive):
        for inner, asset in archive.assets.items():
            yield from contents(asset, f"{name}/{inner}" if name else inner)
    elif isinstance(archive, pulumi.FileArchive) and Path(archive.path).is_dir():
        yield from _directory(Path(archive.path), name)
    elif isinstance(archive, pulumi.FileAsset):
        yield name, Path(archive.path)
    elif isinstance(archive, pulumi.StringAsset):
        yield name, archive.text.encode()
    else:
        where = getattr(archive, "path", None) or getattr(archive, "uri", "")
        raise PackagingError(
            f"{type(archive).__name__}({where}) cannot be zipped here: "
            "give a directory, or assets of files and text."
        )


def _directory(directory: Path, name: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(directory.rglob("*")):
        relative = path.relative_to(directory)
        if path.is_file():
            yield f"{name}/{relative.as_posix()}" if name else relative.as_posix(), path
