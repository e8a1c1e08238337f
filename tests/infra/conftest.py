"""Fixtures of the tests of the program."""

from __future__ import annotations

from tests.support.moto_cloud import cloud, context
from tests.support.recorded_calls import calls
from tests.support.stripe import fake_stripe, module_stripe
from tests.support.variations import chosen_graph, express_graph, full_graph, graph, stripe_graph

__all__ = [
    "calls",
    "chosen_graph",
    "cloud",
    "context",
    "express_graph",
    "fake_stripe",
    "full_graph",
    "graph",
    "module_stripe",
    "stripe_graph",
]
