"""Publishing, which MiniStack also does with an empty message."""

from __future__ import annotations

from ministack.services.sns import _publish as stock_publish

from local.sns.api_request import Parameters, Response, answering_errors, read_text
from local.sns.errors import invalid_parameter


@answering_errors
def publish(params: Parameters) -> Response:
    """Publish a message, unless it is empty."""
    if not read_text(params, "Message"):
        raise invalid_parameter("Empty message")
    response: Response = stock_publish(params)
    return response
