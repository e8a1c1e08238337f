"""A state machine as a picture: where each state stands, and which way an order took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from ops.console.states import StateRun
from ops.words import number_of

NodeMark = Literal["idle", "ok", "retry", "waiting", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A box in column `x` and row `y`, with a line below its title."""

    id: str
    x: int
    y: int
    title: str
    line: str = ""
    mark: NodeMark = "idle"
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """An arrow between two boxes; `taken` ones are drawn strong."""

    start: str
    end: str
    label: str = ""
    mark: NodeMark = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Boxes and arrows."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]


def state_graph(definition: Mapping[str, Any], runs: Sequence[StateRun]) -> Picture:
    """Return a state machine with the way that was taken: a catch leads to a row of its own."""
    places = _places(definition)
    by_state: dict[str, list[StateRun]] = {}
    for run in runs:
        by_state.setdefault(run.state, []).append(run)
    order = list(by_state)
    taken = set(pairwise(order))
    return Picture(
        nodes=[_node(name, place, by_state.get(name, [])) for name, place in places.items()],
        edges=[
            Edge(start=start, end=end, label=label, mark="ok" if (start, end) in taken else "idle")
            for start, end, label in _edges(definition)
        ],
    )


def _node(name: str, place: tuple[int, int], runs: Sequence[StateRun]) -> Node:
    mark: NodeMark = runs[-1].mark if runs else "idle"
    line = number_of(len(runs), "attempt") if runs else ""
    return Node(id=name, x=place[0], y=place[1], title=name, line=line, mark=mark)


def _edges(definition: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, state in definition["States"].items():
        if "Next" in state:
            yield name, state["Next"], ""
        for choice in state.get("Choices", ()):
            yield name, choice["Next"], ""
        for catch in state.get("Catch", ()):
            yield name, catch["Next"], "on failure"


def _places(definition: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Return each state's column and row."""
    following: dict[str, list[tuple[str, bool]]] = {}
    for start, end, label in _edges(definition):
        following.setdefault(start, []).append((end, bool(label)))
    places: dict[str, tuple[int, int]] = {}
    starts = [(str(definition["StartAt"]), 0)]
    row = 0
    while starts:
        name, column = starts.pop(0)
        if name in places:
            continue
        while name and name not in places:
            places[name] = (column, row)
            column += 1
            others = following.get(name, [])
            starts += [(end, column) for end, is_catch in others if is_catch]
            name = next((end for end, is_catch in others if not is_catch), "")
        row += 1
    return places
