"""Fixtures of the tests of the developers' tools."""

from __future__ import annotations

from tests.support.variations import full_graph, graph, stripe_graph

__all__ = ["full_graph", "graph", "stripe_graph"]
