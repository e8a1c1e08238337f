"""Every function of the workflow calls an outage by the name that the workflow retries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from functions.adapters import aws
from functions.adapters.outages import naming_outages
from functions.domain.outage import ServiceUnavailable
from functions.domain.payment import Payment
from functions.handlers import get_order, inform_client, process_payment, save_order, update_order
from tests.support.http_events import http_event
from tests.support.messages import start_input
from tests.support.orders import pending_order


def error(code: str, status: int) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "Operation")


@pytest.mark.parametrize(
    "outage",
    [
        error("ProvisionedThroughputExceededException", 400),
        error("ThrottlingException", 400),
        error("Throttled", 429),
        error("Throttling", 400),
        error("RequestLimitExceeded", 400),
        error("InternalServerError", 500),
        error("ServiceUnavailable", 503),
        ReadTimeoutError(endpoint_url="https://dynamodb"),
        EndpointConnectionError(endpoint_url="https://dynamodb"),
    ],
)
def test_an_outage_is_named(outage: Exception) -> None:
    with pytest.raises(ServiceUnavailable) as caught, naming_outages():
        raise outage
    assert caught.value.__cause__ is outage


@pytest.mark.parametrize(
    "mistake",
    [
        error("ValidationException", 400),
        error("AccessDeniedException", 400),
        error("ResourceNotFoundException", 400),
        ValueError("ours"),
    ],
)
def test_a_mistake_stays_what_it_is(mistake: Exception) -> None:
    with pytest.raises(type(mistake)) as caught, naming_outages():
        raise mistake
    assert caught.value is mistake


def paid() -> dict[str, Any]:
    payment = Payment(status="approved")
    return replace(pending_order(), status="paid", payment=payment).document()


@pytest.mark.parametrize(
    ("service", "operation", "function"),
    [
        ("dynamodb", "put_item", lambda context: save_order.handle(start_input(), context)),
        (
            "dynamodb",
            "update_item",
            lambda context: update_order.handle({**paid(), "payment": {"status": "approved"}}, context),
        ),
        ("sns", "publish", lambda context: inform_client.handle(paid(), context)),
    ],
)
def test_each_function_names_it(
    cloud,
    context,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    operation: str,
    function: Callable[[Any], Any],
) -> None:
    def refuse(**_: Any) -> None:
        raise error("ThrottlingException", 400)

    monkeypatch.setattr(getattr(aws, service)(), operation, refuse)
    with pytest.raises(ServiceUnavailable):
        function(context)


def test_paying_names_it_too(cloud, context, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gateway:
        def charge(self, request: Any) -> None:
            raise error("InternalServerError", 500)

        release = charge

    monkeypatch.setattr(process_payment, "gateway_for", lambda *_: Gateway())
    with pytest.raises(ServiceUnavailable):
        process_payment.handle({**pending_order().document(), "attempt": 0}, context)


@pytest.mark.parametrize(
    "outage", [error("ThrottlingException", 400), ReadTimeoutError(endpoint_url="https://x")]
)
def test_a_client_of_the_api_is_told_of_an_outage_and_when_to_ask_again(
    cloud, context, monkeypatch, log_lines, outage: Exception
) -> None:
    def refuse(**_: Any) -> None:
        raise outage

    monkeypatch.setattr(aws.dynamodb(), "get_item", refuse)
    event = http_event("GET", "/orders/x", path_parameters={"request_id": "x"})
    reply = get_order.handle(event, context)
    assert (reply["statusCode"], reply["headers"]["retry-after"]) == (503, "2")
    (line,) = log_lines()
    assert (line["level"], line["outcome"]) == ("INFO", "refused")
    assert line["cause"]
    assert line["cause"] not in reply["body"]
