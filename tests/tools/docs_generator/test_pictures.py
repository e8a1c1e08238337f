"""The diagrams of docs/architecture.md are valid Mermaid, narrow, and name existing resources."""

from __future__ import annotations

import json
import re

import pytest

from tools.docs_generator.pages import DOCS
from tools.docs_generator.system import chart_of
from tools.program_graph import Graph

PAGE = (DOCS / "architecture.md").read_text(encoding="utf-8")
# Without the line that sets spaces and widths.
PICTURES = re.findall(r"```mermaid\n(?:%%\{init: [^\n]*\}%%\n)?(.*?)```", PAGE, re.DOTALL)
# GitHub's column has about 800 px. From left to right, that is four boxes in a row; in a sequence, five
# participants of 140 px.
LONGEST_ROW = 4
MOST_PARTICIPANTS = 5
# https://mermaid.js.org/syntax/flowchart.html
NODE = re.compile(
    r'(n_\w+)(\["[^"]+"\]|\(\["[^"]+"\]\)|\[\["[^"]+"\]\]|\[\("[^"]+"\)\]|\{\{"[^"]+"\}\}|\[/"[^"]+"/\])'
)
LINK = re.compile(r'(n_\w+) (?:-->|-\.->)(?:\|"[^"|]+"\|)? (n_\w+)')
GROUP = re.compile(r'subgraph n_\w+ \["[^"]+"\]')
TRANSITION = re.compile(r"(\[\*\]|\w+) --> (\[\*\]|\w+)(?: : [^:;#]+)?")


def pictures_of(kind: str) -> list[list[str]]:
    return [[line.strip() for line in text.splitlines()[1:]] for text in PICTURES if text.startswith(kind)]


@pytest.mark.parametrize("lines", pictures_of("flowchart LR"))
def test_a_chart_from_left_to_right_is_not_wider_than_the_page(lines: list[str]) -> None:
    follows: dict[str, set[str]] = {}
    for line in lines:
        if found := LINK.fullmatch(line):
            follows.setdefault(found[1], set()).add(found[2])

    def row(node: str) -> int:
        return 1 + max((row(each) for each in follows.get(node, ())), default=0)

    assert max(map(row, follows)) <= LONGEST_ROW


@pytest.mark.parametrize("lines", pictures_of("flowchart"))
def test_a_flowchart_is_one_that_mermaid_draws(lines: list[str]) -> None:
    nodes = [found[1] for line in lines if (found := NODE.fullmatch(line))]
    edges = [found.groups() for line in lines if (found := LINK.fullmatch(line))]
    groups = [line for line in lines if GROUP.fullmatch(line)]
    assert len(nodes) == len(set(nodes))
    # A function that calls nothing has no arrow.
    assert {key for edge in edges for key in edge} <= set(nodes)
    assert len(nodes) + len(edges) + len(groups) + lines.count("end") == len(lines)
    assert len(groups) == lines.count("end")


@pytest.mark.parametrize("lines", pictures_of("stateDiagram-v2"))
def test_a_state_diagram_is_one_that_mermaid_draws(lines: list[str]) -> None:
    edges = [found.groups() for line in lines if (found := TRANSITION.fullmatch(line))]
    assert len(edges) == len(lines)
    sources, targets = {source for source, _ in edges}, {target for _, target in edges}
    assert sources == targets, "a state that nothing leads to, or that leads nowhere"


def test_the_sequence_names_existing_resources(shown: Graph) -> None:
    sequences = pictures_of("sequenceDiagram")
    assert sequences
    for lines in sequences:
        check_sequence(lines, shown)


def check_sequence(lines: list[str], shown: Graph) -> None:
    participants = [found[1] for line in lines if (found := re.match(r"participant ([\w-]+)", line))]
    known = {each.name for each in shown.resources} | {"client", "webhook", "Stripe"}
    assert set(participants) <= known
    assert len(participants) <= MOST_PARTICIPANTS
    messages = [line for line in lines if re.search(r"->>|-->>|-x", line)]
    said = " ".join(messages + [line for line in lines if line.startswith("Note")])
    states = json.loads(shown.named("aws:sfn/stateMachine:StateMachine", "order").inputs["definition"])[
        "States"
    ]
    assert set(re.findall(r"\b[A-Z][a-z]+[A-Z]\w+", said)) <= states.keys()
    routes = {each.inputs["routeKey"] for each in shown.of_type("aws:apigatewayv2/route:Route")}
    assert set(re.findall(r"(?:GET|POST) /\S+", said)) <= routes
    # Who talks to whom is who does in the program, answers and the workflow's own functions aside.
    edges = {(named(edge.source), named(edge.target)) for edge in chart_of(shown).edges}
    aside = {("client", "accept-order"), ("order", "Stripe"), ("order", "order-events")}
    for line in messages:
        source, target = re.split(r" ?(?:-->>|->>|-x) ?", line.partition(":")[0])
        if "-->>" not in line:
            assert (source, target) in edges | aside, line


def named(key: str) -> str:
    """The name in a key such as `queue orders`."""
    return key.partition(" ")[2] or key
