"""A request of an operator's command that AWS's own models refuse fails in these tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ops.target import Target
from tests.support.request_models import RequestConstraintError


def test_a_planted_fault_is_found(made_up: Callable[..., Target]) -> None:
    with pytest.raises(RequestConstraintError, match="above 1000"):
        made_up().client("stepfunctions").list_executions(maxResults=1_001)
