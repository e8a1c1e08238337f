"""Directory trees whose bytes depend on nothing but their input."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from pathlib import Path


def tidy(tree: Path) -> None:
    """Remove from an installed tree what differs between machines or has no use in a Lambda."""
    (tree / ".lock").unlink(missing_ok=True)  # uv's own, left behind in its target
    # A script's first line names the interpreter of the machine that built it, and a layer's python/bin is on
    # nobody's PATH.
    shutil.rmtree(tree / "bin", ignore_errors=True)
    for bytecode in tree.rglob("__pycache__"):
        shutil.rmtree(bytecode)
    for record in tree.glob("*.dist-info/RECORD"):
        _keep_existing(record, tree)


def set_modes(tree: Path) -> None:
    """Let everybody read a tree, and only its owner write, whatever the builder's umask."""
    for path in (tree, *tree.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def tree_digest(tree: Path) -> str:
    """Return the SHA-256 (hex) of the names, modes and bytes under a directory."""
    digest = hashlib.sha256()
    for path in sorted(tree.rglob("*"), key=lambda path: path.relative_to(tree).as_posix()):
        content = b"/" if path.is_dir() else hashlib.sha256(path.read_bytes()).digest()
        name = path.relative_to(tree).as_posix()
        digest.update(f"{name}\0{path.stat().st_mode & 0o777:o}\0".encode() + content)
    return digest.hexdigest()


def _keep_existing(record: Path, tree: Path) -> None:
    """Drop from a wheel's list the files that are gone: a script's hash differs between machines too."""
    rows = [row for row in csv.reader(io.StringIO(record.read_text(encoding="utf-8"))) if row]
    kept = io.StringIO()
    csv.writer(kept, lineterminator="\n").writerows(row for row in rows if (tree / row[0]).exists())
    record.write_bytes(kept.getvalue().encode())
