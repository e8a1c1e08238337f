"""`verify` where it cannot run, and what it reports."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ops.api import Answer
from ops.command_line import parse
from ops.errors import UsageError
from ops.target import Target
from ops.verify.command import verify
from ops.verify.platform import request_id_finding


def test_a_stack_without_the_route_says_what_to_set(made_up: Callable[..., Target]) -> None:
    with pytest.raises(UsageError, match="has no diagnostic route: set diagnostics: true"):
        verify(made_up(), parse(["verify"]))


@pytest.mark.parametrize(
    ("headers", "answer"),
    [({"apigw-requestid": "req-1="}, "yes"), ({"apigw-requestid": "req-2="}, "no"), ({}, "unknown")],
)
def test_the_header_is_compared_with_the_request_id(headers: dict[str, str], answer: str) -> None:
    accepted = Answer(status=202, body={"request_id": "req-1="}, headers=headers)
    assert request_id_finding(accepted).answer == answer
