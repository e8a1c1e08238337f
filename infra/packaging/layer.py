"""The layer of third-party packages, built once for each lock and target and kept in a cache."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

from infra.packaging.binaries import refuse_foreign_binaries
from infra.packaging.bytecode import Compiler
from infra.packaging.errors import PackagingError
from infra.packaging.installer import install
from infra.packaging.target import Target
from infra.packaging.tree import set_modes, tidy, tree_digest

# Raise it when a change here changes the bytes of a layer: every cached layer is then rebuilt.
_BUILDER_VERSION = 2
_PUBLISH_ATTEMPTS = 3


def build_layer(target: Target, *, requirements: Path, cache: Path, compiler: Compiler | None = None) -> Path:
    """Install the locked requirements for a target, compile them if asked to, and return the layer.

    Its directory holds one folder, `python`, as Lambda wants it, and lives in the cache under a key made of
    the requirements' bytes, the target, the compiler's release and this builder's version. A layer that is
    there and intact is used as it is. Raises PackagingError when it cannot be built.
    """
    try:
        lock = requirements.read_bytes()
    except OSError as error:
        raise PackagingError(
            f"The lock of the functions' packages cannot be read ({error.strerror}: {requirements}): "
            "run `make lock` to write it."
        ) from None
    entry = cache / _key(lock, target, compiler)
    if not _is_intact(entry):
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=cache, prefix=".building-", ignore_cleanup_errors=True
        ) as scratch:
            built = _build(Path(scratch) / "built", requirements, target, compiler)
            _publish(built, entry, aside=Path(scratch) / "broken")
    return entry / "layer"


def _key(lock: bytes, target: Target, compiler: Compiler | None) -> str:
    identity = {
        "builder": _BUILDER_VERSION,
        "lock": hashlib.sha256(lock).hexdigest(),
        "target": [target.runtime, target.architecture, target.system],
        "bytecode": None if compiler is None else compiler.interpreter.release,
    }
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    return f"{target.runtime}-{target.architecture}-{digest[:32]}"


def _build(built: Path, requirements: Path, target: Target, compiler: Compiler | None) -> Path:
    tree = built / "layer" / "python"
    tree.mkdir(parents=True)
    tree.parent.chmod(0o755)
    install(requirements, target, tree)
    tidy(tree)
    refuse_foreign_binaries(tree, target)
    if compiler is not None:
        compiler.compile_layer(tree.parent)
    set_modes(tree)
    _stamp(built).write_text(tree_digest(tree.parent), encoding="utf-8")
    return built


def _publish(built: Path, entry: Path, *, aside: Path) -> None:
    """Move a finished layer into its place at one stroke, unless another process was first."""
    for attempt in range(_PUBLISH_ATTEMPTS):
        try:
            built.rename(entry)
        except OSError:
            if _is_intact(entry):
                return
            if attempt == _PUBLISH_ATTEMPTS - 1:
                raise
            _move(entry, aside.with_suffix(f".{attempt}"))
        else:
            return


def _move(entry: Path, aside: Path) -> None:
    try:
        entry.rename(aside)
    except FileNotFoundError:
        return  # another process moved the same broken layer away


def _is_intact(entry: Path) -> bool:
    """Return whether a layer is there and still has the bytes it was built with."""
    try:
        return _stamp(entry).read_text(encoding="utf-8") == tree_digest(entry / "layer")
    except OSError:
        return False


def _stamp(entry: Path) -> Path:
    """Give the stamp's place: beside the layer, so that it is not shipped with it."""
    return entry / "stamp"
