"""What the page to try the service sends: orders, and a message that is none."""

from __future__ import annotations

import json
from itertools import count

from functions.domain.order_example import ORDER_EXAMPLE
from ops.api import Api
from ops.errors import OpsError, explain_problem
from ops.target import Target

_ACCEPTED = 202
_POISON = '{"this": "is not an order"}'
_numbers = count(1002)


def sample_order(payment_method: str) -> str:
    """Return an order with a reference of its own, as JSON."""
    return json.dumps(
        {**ORDER_EXAMPLE, "reference": f"PO-{next(_numbers)}", "payment_method": payment_method}
    )


def post(target: Target, body: str, client_id: str) -> str:
    """Post an order as a client and return its request ID; raise `OpsError` with what the API answers."""
    try:
        order = json.loads(body)
    except ValueError as error:
        raise OpsError(f"This is not JSON: {error}.") from error
    answer = Api(target).call("POST", "/orders", order, {"x-client-id": client_id})
    if answer.status != _ACCEPTED:
        raise OpsError(f"{answer.status}: {explain_problem(answer.body)}")
    return str(answer.body["request_id"])


def send_poison(target: Target) -> str:
    """Put a message on the orders queue that no order can be read from."""
    target.client("sqs").send_message(QueueUrl=target.output("orders_queue_url"), MessageBody=_POISON)
    return "The message is on the orders queue. A moment later it is on orders-dead-letters."
