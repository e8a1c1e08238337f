"""Whatever docs/failures.md names is there: tests, alarms, sections of the runbook, commands."""

from __future__ import annotations

import ast
import re
import shlex
from fnmatch import fnmatch

import pytest

from infra.monitoring import alarm_catalogue
from ops.command_line import make_parser
from tests.tools.docs_generator.markdown import links
from tools.docs_generator.pages import DOCS
from tools.program_graph import Graph

PAGE = DOCS / "failures.md"
TEXT = PAGE.read_text(encoding="utf-8")
COLUMNS = ["what breaks", "the client sees", "the service, by itself", "wakes", "the operator", "proof"]
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def rows() -> list[list[str]]:
    lines = [line for line in TEXT.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row in cells if row != COLUMNS]


@pytest.fixture(scope="module")
def alarms(shown: Graph) -> set[str]:
    """The alarms of a STANDARD stack, and those that an EXPRESS one has for its second workflow."""
    release = {each.name for each in alarm_catalogue.workflow_alarms("release", "arn")}
    return {each.name for each in shown.of_type(ALARM)} | release


def test_every_row_says_everything() -> None:
    assert len(rows()) > 40
    for row in rows():
        assert len(row) == len(COLUMNS), row
        assert all(row), row


def test_every_row_is_proved_by_tests_that_are_there() -> None:
    for row in rows():
        proofs = list(links(row[-1]))
        assert proofs, f"{row[0]}: no proof"
        for target, name in proofs:
            tree = ast.parse((PAGE.parent / target).read_text(encoding="utf-8"))
            defined = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
            assert name in defined, f"{row[0]}: {target} has no test {name!r}"


def test_every_alarm_is_in_a_row_and_every_row_has_alarms_that_there_are(alarms: set[str]) -> None:
    used: set[str] = set()
    for row in rows():
        patterns = re.findall(r"`([a-z0-9*-]+)`", row[3])
        for pattern in patterns:
            found = {alarm for alarm in alarms if fnmatch(alarm, pattern)}
            assert found, f"{row[0]}: no alarm is called {pattern}"
            used |= found
        assert patterns or row[3].startswith("nobody"), f"{row[0]}: say which alarm, or nobody"
    assert not alarms - used, f"docs/failures.md: in which row does {sorted(alarms - used)} wake somebody?"


def test_every_alarm_that_wakes_has_an_operator_who_reads_the_runbook_or_changes_something() -> None:
    for row in rows():
        if not row[3].startswith("nobody"):
            assert row[4] != "nothing", row[0]


def test_every_command_can_be_said() -> None:
    commands = re.findall(r"`python -m ops ([^`]+)`", TEXT)
    assert commands
    for command in commands:
        try:
            make_parser().parse_args(shlex.split(command))
        except SystemExit:
            pytest.fail(f"python -m ops {command}: there is no such command")
