"""No test is left out: a combination of markers that no command selects would never run."""

from __future__ import annotations

import re
import subprocess
from itertools import chain, combinations

import pytest
from _pytest.mark.expression import Expression

from tests.support.pulumi_graph import ROOT

MARKERS = ("broad", "e2e", "hypothesis", "slow", "variation")
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def command(target: str) -> str:
    """The line with which a make target runs pytest."""
    words = ["make", "--dry-run", target]
    shown = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    (line,) = [each for each in shown.stdout.splitlines() if " -m pytest " in each]
    return line


def selected(target: str) -> set[frozenset[str]]:
    """The combinations of markers whose tests a make target runs."""
    expression = re.search(r'-m "([^"]*)"', command(target))
    every = chain.from_iterable(combinations(MARKERS, count) for count in range(len(MARKERS) + 1))
    sets = set(map(frozenset, every))
    if not expression:
        return sets
    wanted = Expression.compile(expression[1])
    return {each for each in sets if wanted.evaluate(lambda name, each=each, **_: name in each)}


def test_test_all_has_every_test() -> None:
    assert selected("test-all") == selected("test") | selected("test-slow")
    assert frozenset() in selected("test")
    assert len(selected("test-all")) == 2 ** len(MARKERS)


def test_what_leaves_make_test_runs_in_ci_unless_it_is_slow() -> None:
    lines = re.findall(r"^make .*$", CI, re.MULTILINE)
    targets = {each for line in lines for each in line.split() if each.startswith("test")}
    # The others run one folder, whatever its markers.
    anywhere = [each for each in targets if " tests/" not in command(each)]
    in_ci = set().union(*map(selected, anywhere))
    assert {each for each in selected("test-all") - in_ci if "slow" not in each} == set()


@pytest.mark.parametrize("target", ["test", "test-broad", "test-fast"])
def test_the_other_sets_have_no_slow_test(target: str) -> None:
    assert not [each for each in selected(target) if "slow" in each]
