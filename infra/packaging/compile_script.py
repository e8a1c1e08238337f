"""Compile sources to bytecode. The interpreter of another release runs this file, alone.

It reads a JSON array of [source, name in tracebacks, bytecode file] from standard input, and prints a JSON
array of [name, message] for the sources that are not valid Python.
"""

from __future__ import annotations

import importlib.util
import json
import marshal
import os
import platform
import sys
from pathlib import Path

# Hash-based and unchecked: Python loads it without a look at the source, whose date no archive keeps.
# https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
_UNCHECKED_HASH = (1).to_bytes(4, "little")


def compile_sources(sources: list[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Write the bytecode of each source, and return the names and faults of those that cannot be compiled."""
    faults = []
    for source, name, bytecode in sources:
        text = Path(source).read_bytes()
        try:
            code = compile(text, name, "exec", dont_inherit=True, optimize=0)
        except (SyntaxError, ValueError) as error:
            faults.append((name, str(error)))
            continue
        content = importlib.util.MAGIC_NUMBER + _UNCHECKED_HASH + importlib.util.source_hash(text)
        _write(Path(bytecode), content + marshal.dumps(code))
    return faults


def _write(bytecode: Path, content: bytes) -> None:
    """Write a file at one stroke: another process may write the same."""
    bytecode.parent.mkdir(parents=True, exist_ok=True)
    unfinished = bytecode.with_name(f".{bytecode.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(bytecode)


if __name__ == "__main__":
    if platform.python_version() != sys.argv[1]:
        sys.exit(f"this is Python {platform.python_version()}, and {sys.argv[1]} was expected")
    json.dump(compile_sources(json.load(sys.stdin)), sys.stdout)
