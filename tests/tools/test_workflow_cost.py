from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.workflow_definitions.test_order_workflow import DEFINITIONS
from tools.workflow_cost import PRICES, express_cost_per_million, standard_cost_per_million

COSTS_PAGE = Path(__file__).parents[2] / "docs" / "costs.md"


def test_a_million_standard_orders_cost_a_hundred_dollars() -> None:
    assert standard_cost_per_million(DEFINITIONS["standard"]) == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("duration_seconds", "memory_megabytes", "dollars"),
    [
        # 64 MB for a tenth of a second: 0.0625 GB * 0.1 s / 3600 * 0.06 $ = 1.0417e-7 $ an order.
        (0.1, 64, 1.1042),
        (0.05, 1, 1.1042),
        (0.101, 64, 1.2083),
        (1.0, 64, 2.0417),
        (1.0, 65, 3.0833),
    ],
)
def test_express_pays_by_request_duration_and_memory(duration_seconds, memory_megabytes, dollars) -> None:
    cost = express_cost_per_million(duration_seconds=duration_seconds, memory_megabytes=memory_megabytes)
    assert cost == pytest.approx(dollars, abs=1e-4)


def test_the_page_says_what_the_functions_compute() -> None:
    page = COSTS_PAGE.read_text()
    said = {
        kind: float(price)
        for kind, price in re.findall(r"\| (STANDARD|EXPRESS) \|[^|]*\| \$([\d.]+) \|", page)
    }
    assert said == {
        "STANDARD": round(standard_cost_per_million(DEFINITIONS["standard"]), 2),
        "EXPRESS": round(express_cost_per_million(duration_seconds=1, memory_megabytes=64), 2),
    }
    assert PRICES.region in page
    assert PRICES.as_of in page
