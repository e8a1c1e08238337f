"""The search for orders: the tables come before the logs, and only an ID is looked for in the logs."""

from __future__ import annotations

from typing import Any

import pytest

from functions.domain.instant import now
from ops.orders.search import find
from ops.target import Target
from tests.ops.conftest import MotoStack
from tests.ops.test_orders import save


@pytest.fixture
def target(stack: MotoStack, monkeypatch: pytest.MonkeyPatch) -> Target:
    """A stack whose logs must not be read."""

    def read_logs(*_: Any) -> Any:
        raise AssertionError("the logs were read")

    monkeypatch.setattr("ops.orders.search._logged", read_logs)
    return Target(name="the stack test", outputs=stack.outputs)


@pytest.mark.parametrize("text", ["order-00001=", "order-00001", "PO-77"])
def test_an_order_is_found_by_request_id_with_or_without_its_end_and_by_reference(
    stack: MotoStack, target: Target, text: str
) -> None:
    request_id = save(stack, 1, now(), reference="PO-77")
    assert [each.request_id for each in find(target, text)] == [request_id]


@pytest.mark.parametrize("text", ['x" || $.client_id = "shop', "x\\", "PO 77", "ä" * 200])
def test_what_cannot_be_an_id_never_becomes_part_of_a_log_filter(target: Target, text: str) -> None:
    assert find(target, text) == []
