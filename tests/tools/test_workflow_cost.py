from __future__ import annotations

import pytest

from tools.docs_generator.definitions import order_definition
from tools.workflow_cost import express_cost_per_million, standard_cost_per_million


def test_a_million_standard_orders_cost_a_hundred_dollars() -> None:
    assert standard_cost_per_million(order_definition("STANDARD")) == pytest.approx(100.0)


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
