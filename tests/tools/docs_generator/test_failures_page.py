"""The tests, alarms and commands that docs/failures.md names exist."""

from __future__ import annotations

import ast
import re
import shlex
from fnmatch import fnmatch
from itertools import pairwise

import pytest

from infra.monitoring import alarm_catalogue
from ops.command_line import make_parser
from tests.tools.docs_generator.markdown import links
from tools.docs_generator.pages import DOCS
from tools.program_graph import Graph

PAGE = DOCS / "failures.md"
TEXT = PAGE.read_text(encoding="utf-8")
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def rows() -> list[list[str]]:
    """The rows of the page's tables, whose columns are: fault, ..., alarms, ..., proof."""
    lines = TEXT.splitlines()
    tables = [
        line for line, following in pairwise([*lines, ""]) if line.startswith("| ") and "---" not in following
    ]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in tables]


@pytest.fixture(scope="module")
def alarms(shown: Graph) -> set[str]:
    """The alarms of a STANDARD stack, and those that an EXPRESS one has for its second workflow."""
    release = {each.name for each in alarm_catalogue.workflow_alarms("release", "arn")}
    return {each.name for each in shown.of_type(ALARM)} | release


def test_every_row_links_tests_that_exist() -> None:
    assert rows()
    for row in rows():
        proofs = list(links(row[-1]))
        assert proofs, f"{row[0]}: no proof"
        for target, name in proofs:
            tree = ast.parse((PAGE.parent / target).read_text(encoding="utf-8"))
            defined = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
            assert name in defined, f"{row[0]}: {target} has no test {name!r}"


def test_every_alarm_is_in_a_row_and_every_row_names_alarms_that_exist(alarms: set[str]) -> None:
    used: set[str] = set()
    for row in rows():
        patterns = re.findall(r"`([a-z0-9*-]+)`", row[3])
        for pattern in patterns:
            found = {alarm for alarm in alarms if fnmatch(alarm, pattern)}
            assert found, f"{row[0]}: no alarm is called {pattern}"
            used |= found
    assert not alarms - used, f"docs/failures.md: no row names the alarms {sorted(alarms - used)}"


def test_every_command_can_be_parsed() -> None:
    commands = re.findall(r"`python -m ops ([^`]+)`", TEXT)
    assert commands
    for command in commands:
        try:
            make_parser().parse_args(shlex.split(command))
        except SystemExit:
            pytest.fail(f"python -m ops {command}: no such command")
