"""One call of the SNS API as MiniStack hands it on, and the answer to it."""

from __future__ import annotations

import contextvars
import functools
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.services.sns import _error as stock_error
from ministack.services.sns import _normalize_arn, _p, _xml
from ministack.services.sns import handle_request as stock_handle_request

from local.sns.errors import SnsError, translate_error
from local.sns.runtime import get_dispatcher

Parameters = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Call = Callable[[Parameters], Response]

_signed: contextvars.ContextVar[bool] = contextvars.ContextVar("sns_request_is_signed", default=False)


async def handle_request(
    method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, list[str]]
) -> Response:
    """Answer one SNS request, remembering whether it is signed."""
    # The authority's certificate must be there before the first message is.
    get_dispatcher()
    _signed.set("authorization" in headers or "X-Amz-Signature" in query_params)
    response: Response = await stock_handle_request(method, path, headers, body, query_params)
    return response


def is_signed() -> bool:
    """Return whether the current request carries an AWS signature."""
    return _signed.get()


def answering_errors(call: Call) -> Call:
    """Make a call answer with the SnsError that it raises."""

    @functools.wraps(call)
    def answer(params: Parameters) -> Response:
        try:
            return call(params)
        except SnsError as error:
            return answer_error(error.code, str(error), error.status)

    return answer


def answer_error(code: str, message: str, status: int) -> Response:
    """Return an error of the API, with the code and the text of AWS where MiniStack has its own."""
    refusal: Response = stock_error(*translate_error(code, message), status)
    return refusal


def read_text(params: Parameters, name: str) -> str:
    """Return a parameter, "" where it is missing."""
    value: str = _p(params, name)
    return value


def read_flag(params: Parameters, name: str) -> bool:
    """Return whether a parameter is true."""
    return read_text(params, name).lower() == "true"


def read_topic_arn(params: Parameters) -> str:
    """Return the topic's ARN, with the account that some SDKs leave out."""
    arn: str = _normalize_arn(read_text(params, "TopicArn"))
    return arn


def read_attributes(params: Parameters) -> dict[str, str]:
    """Return the attributes that a call sets."""
    attributes: dict[str, str] = {}
    number = 1
    while name := read_text(params, f"Attributes.entry.{number}.key"):
        attributes[name] = read_text(params, f"Attributes.entry.{number}.value")
        number += 1
    return attributes


def answer_with_attributes(action: str, attributes: Mapping[str, str]) -> Response:
    """Return the answer of an action whose result are attributes."""
    entries = "".join(
        f"<entry><key>{name}</key><value>{escape(value)}</value></entry>"
        for name, value in attributes.items()
    )
    answer: Response = _xml(
        200, f"{action}Response", f"<{action}Result><Attributes>{entries}</Attributes></{action}Result>"
    )
    return answer


def answer_with_nothing(action: str) -> Response:
    """Return the answer of an action without a result."""
    answer: Response = _xml(200, f"{action}Response", "")
    return answer


def answer_with_subscription(action: str, subscription_arn: str) -> Response:
    """Return the answer of an action whose result is a subscription."""
    answer: Response = _xml(
        200,
        f"{action}Response",
        f"<{action}Result><SubscriptionArn>{subscription_arn}</SubscriptionArn></{action}Result>",
    )
    return answer
