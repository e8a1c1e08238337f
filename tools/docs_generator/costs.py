"""What a million orders cost in Step Functions, for each type of workflow."""

from __future__ import annotations

from tools.docs_generator.definitions import order_definition
from tools.workflow_cost import PRICES, express_cost_per_million, happy_path, standard_cost_per_million

_EXPRESS_SECONDS = 1
_EXPRESS_MEGABYTES = 64


def describe_costs() -> str:
    """Return a table of the costs, with the region and the month of the prices."""
    definition = order_definition("STANDARD")
    express = express_cost_per_million(duration_seconds=_EXPRESS_SECONDS, memory_megabytes=_EXPRESS_MEGABYTES)
    transitions = f"{len(happy_path(definition))} state transitions an order"
    requests = f"1 request and {_EXPRESS_SECONDS} second at {_EXPRESS_MEGABYTES} MB an order"
    return "\n".join(
        [
            f"Prices of {PRICES.as_of} in {PRICES.region}, without free tiers:",
            "",
            "| type | counted | a million orders |",
            "|---|---|---|",
            f"| STANDARD | {transitions} | ${standard_cost_per_million(definition):.2f} |",
            f"| EXPRESS | {requests} | ${express:.2f} |",
        ]
    )
