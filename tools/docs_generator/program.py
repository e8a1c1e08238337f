"""The program as the docs show it."""

from __future__ import annotations

from functools import cache
from typing import Any

from tools.program_graph import Graph, record_main

# Settings under which the program declares every kind of resource that the diagrams show.
_SETTINGS: dict[str, Any] = {
    "payment": {"provider": "stripe"},
    "alarms": {"email": "on-call@shop.internal"},
    "subscribers": [{"name": "shop", "url": "https://shop.example/hooks/orders", "client_id": "shop"}],
}


@cache
def shown_program() -> Graph:
    """Record the program once; it takes some seconds."""
    return record_main(_SETTINGS, secrets={"stripeApiKey": "sk_test_of_the_docs"})
