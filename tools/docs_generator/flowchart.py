"""A flowchart in Mermaid's syntax: https://mermaid.js.org/syntax/flowchart.html."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Shape = Literal["box", "outside", "queue", "store", "topic", "workflow"]

Direction = Literal["LR", "TB"]

_BRACKETS: Mapping[Shape, tuple[str, str]] = {
    "box": ("[", "]"),
    "outside": ("([", "])"),
    "queue": ("[[", "]]"),
    "store": ("[(", ")]"),
    "topic": ("{{", "}}"),
    "workflow": ("[/", "/]"),
}


# Pixels; Mermaid's own are 50.
_SPACING: Mapping[Direction, str] = {
    "LR": '%%{init: {"flowchart": {"nodeSpacing": 35, "rankSpacing": 45}}}%%',
    "TB": '%%{init: {"flowchart": {"nodeSpacing": 20, "rankSpacing": 35}}}%%',
}


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a chart; nodes of one `group` are drawn in one frame."""

    key: str
    label: str
    shape: Shape
    group: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A call or a transfer between two nodes, by key; `failing` marks the path taken on an error."""

    source: str
    target: str
    label: str = ""
    failing: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Nodes and edges; equal charts are drawn as equal text."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]

    def only(self, edges: Iterable[Edge]) -> Chart:
        """Return the chart of some edges and of the nodes that they join, in the order of the edges."""
        kept = list(edges)
        by_key = {node.key: node for node in self.nodes}
        joined = dict.fromkeys(key for edge in kept for key in (edge.source, edge.target))
        return Chart([by_key[key] for key in joined], kept)

    def following(self, first: str, *, without: Collection[Edge] = (), until: str = "") -> Chart:
        """Return the chart of everything reachable from a node, without going beyond `until`."""
        kept: list[Edge] = []
        ahead = [first]
        for key in ahead:
            leaving = [edge for edge in self.edges if edge.source == key != until and edge not in without]
            kept.extend(leaving)
            ahead.extend(dict.fromkeys(edge.target for edge in leaving if edge.target not in ahead))
        return self.only(kept)


def draw(chart: Chart, direction: Direction = "LR") -> str:
    """Return a chart in a fenced block; a group of a single node has no frame.

    GitHub shrinks a diagram that is wider than the text, about 800 px, until nobody can read it. Many nodes
    side by side fit from left to right, a long chain from top to bottom.
    """
    groups: dict[str, list[Node]] = {}
    for node in chart.nodes:
        groups.setdefault(node.group or node.key, []).append(node)
    lines = [_SPACING[direction], f"flowchart {direction}"]
    for name, nodes in groups.items():
        if len(nodes) == 1:
            lines.append(f"    {_node(nodes[0])}")
            continue
        lines.append(f'    subgraph {_id("group " + name)} ["{_text(name)}"]')
        lines.extend(f"        {_node(node)}" for node in nodes)
        lines.append("    end")
    lines.extend(f"    {_edge(edge)}" for edge in chart.edges)
    return fenced(lines)


def fenced(lines: Iterable[str]) -> str:
    """Return a diagram's lines as a fenced block, which GitHub renders."""
    return "\n".join(["```mermaid", *lines, "```"])


def _node(node: Node) -> str:
    opening, closing = _BRACKETS[node.shape]
    return f'{_id(node.key)}{opening}"{_text(node.label)}"{closing}'


def _edge(edge: Edge) -> str:
    arrow = "-.->" if edge.failing else "-->"
    label = f'|"{_text(edge.label)}"|' if edge.label else ""
    return f"{_id(edge.source)} {arrow}{label} {_id(edge.target)}"


def _id(key: str) -> str:
    # `end` and some other words are reserved in Mermaid: the prefix avoids them.
    return "n_" + "".join(each if each.isalnum() else "_" for each in key)


def _text(text: str) -> str:
    return text.replace('"', "#quot;")
