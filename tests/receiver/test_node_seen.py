"""The failure this guards against: an event handled twice, or not at all, in Node."""

from __future__ import annotations

from pathlib import Path

import pytest

from receiver import Claim, SeenInSqlite

from .node import HERE, KIT, NODE, evaluate, run_node
from .seen_cases import SEEN_CASES

# A newer Node than most machines have: `make clients` installs it.
NEWER_NODE = HERE.parent / "clients" / "node_modules" / ".bin" / "node"

needs_newer_node = pytest.mark.skipif(
    not NEWER_NODE.exists(), reason="`make clients` has not installed Node 22"
)
pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not on this machine")
EXPECTED = {name: [expected for *_, expected in steps] for name, steps in SEEN_CASES.items()}


def test_what_is_claimed_in_memory(tmp_path: Path) -> None:
    given = {"memory": "SeenInMemory", "path": str(tmp_path), "cases": SEEN_CASES}
    assert run_node([HERE / "run_seen.mjs", KIT], given) == EXPECTED


@needs_newer_node
def test_what_is_claimed_in_a_file(tmp_path: Path) -> None:
    given = {"memory": "SeenInSqlite", "path": str(tmp_path), "cases": SEEN_CASES}
    assert run_node([HERE / "run_seen.mjs", KIT], given, node=NEWER_NODE) == EXPECTED


@needs_newer_node
def test_both_kits_understand_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite3"
    SeenInSqlite(path).settle("a")
    script = f'[new SeenInSqlite("{path}").claim("a"), new SeenInSqlite("{path}").settle("b")]'
    assert evaluate([script], node=NEWER_NODE) == {script: ["done", None]}
    assert SeenInSqlite(path).claim("b") is Claim.DONE


def test_an_old_node_is_named_with_a_way_out() -> None:
    script = "process.getBuiltinModule = undefined, new SeenInSqlite('seen.sqlite3')"
    assert "needs Node 22.13" in evaluate([script])[script]


def test_memory_forgets_the_oldest_when_it_is_full() -> None:
    script = """(() => {
        const seen = new SeenInMemory({ capacity: 2 });
        for (const each of ["a", "b", "c"]) { seen.claim(each); seen.settle(each); }
        return ["c", "b", "a"].map((each) => seen.claim(each));
    })()"""
    assert evaluate([script])[script] == ["done", "done", "new"]
