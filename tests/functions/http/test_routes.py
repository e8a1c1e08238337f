from __future__ import annotations

import pytest

from functions.http.routes import allowed_methods

ROUTES = ["POST /orders", "GET /orders/{request_id}", "DELETE /orders/{request_id}", "GET /health"]


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/orders", ("POST",)),
        ("/orders/a=b", ("DELETE", "GET")),
        ("/orders/", ()),
        ("/orders/a/b", ()),
        ("/healthz", ()),
        ("/", ()),
    ],
)
def test_the_methods_of_a_path(path: str, methods: tuple[str, ...]) -> None:
    assert allowed_methods(ROUTES, path) == methods
