"""Runs JavaScript on the kit for Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KIT = HERE.parents[1] / "receiver" / "node" / "index.js"
NODE = shutil.which("node")


def run_node(
    arguments: Sequence[str | Path], given: object, *, node: str | Path | None = NODE
) -> dict[str, Any]:
    """Run a script with a JSON document on its standard input; return the one that it prints."""
    assert node is not None
    done = subprocess.run(
        [node, *arguments], input=json.dumps(given), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def evaluate(
    expressions: Sequence[str], setup: str = "", *, node: str | Path | None = NODE
) -> dict[str, Any]:
    """Return what each expression gives; it may use what the kit exports and what `setup` declares."""
    given = {"setup": setup, "expressions": list(expressions)}
    return run_node([HERE / "run_expressions.mjs", KIT], given, node=node)
