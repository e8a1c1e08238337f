"""The IAM actions of the AWS calls that a function makes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from functions.adapters import aws
from functions.handlers import create_webhook
from tests.support.every_path import furnish
from tests.support.moto_cloud import make_client


def _actions(model: Any, params: Any) -> Iterator[str]:
    """The IAM actions of a call; a transaction is judged by what it is made of."""
    if model.name != "TransactWriteItems":
        yield model.name
        return
    for item in json.loads(params["body"])["TransactItems"]:
        yield from (f"{kind}Item" for kind in item)


@pytest.fixture
def calls(cloud, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The IAM actions of the calls made through the adapters' clients."""
    made: set[str] = set()
    monkeypatch.setattr(create_webhook, "resolve", lambda _: ["93.184.215.14"])
    monkeypatch.setattr("moto.sns.models.requests.post", lambda *_, **__: None)
    furnish(cloud)

    @cache
    def recording(service: str) -> Any:
        client = make_client(service)
        prefix = client.meta.service_model.signing_name

        def note(model: Any, params: Any, **_: Any) -> None:
            made.update(f"{prefix}:{action}" for action in _actions(model, params))

        client.meta.events.register("before-call", note)
        return client

    monkeypatch.setattr(aws, "_client", recording)
    return made
