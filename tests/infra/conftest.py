"""Fixtures of the tests of the program."""

from __future__ import annotations

from tests.support.moto_cloud import cloud, context
from tests.support.stripe import stripe_front, stripe_of_the_module
from tests.support.variations import full_graph, graph, stripe_graph

__all__ = ["cloud", "context", "full_graph", "graph", "stripe_front", "stripe_graph", "stripe_of_the_module"]
