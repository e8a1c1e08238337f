"""The operations on orders."""

from __future__ import annotations

from functions.domain.order_example import EXAMPLE_TITLE, ORDER_EXAMPLE
from tools.openapi.answers import TO_BODIES, TO_CALLERS, Part, refusal, shared, success
from tools.openapi.requests import body, example, parameters


def order_paths() -> Part:
    """Return the paths below `/orders`."""
    return {
        "/orders": {"get": _list_orders(), "post": _accept_order()},
        "/orders/{request_id}": {"get": _get_order()},
        "/orders/{request_id}/redeliver": {"post": _redeliver_order()},
    }


def _accept_order() -> Part:
    same_order = {"request_id": "$response.body#/request_id"}
    return {
        "operationId": "accept_order",
        "tags": ["orders"],
        "summary": "Place an order",
        "description": "It is accepted at once and processed later; an event reports the outcome.",
        "parameters": parameters("idempotency_key"),
        "requestBody": body("OrderRequest", examples={"example": example(EXAMPLE_TITLE, ORDER_EXAMPLE)}),
        "responses": {
            "202": success(
                "The order has been accepted.",
                "AcceptedOrder",
                location=True,
                links={
                    "get_order": {"operationId": "get_order", "parameters": same_order},
                    "redeliver_order": {"operationId": "redeliver_order", "parameters": same_order},
                },
            ),
            **TO_BODIES,
            "422": refusal(
                "A field is wrong, or the Idempotency-Key was used with a different request body."
            ),
        },
    }


def _list_orders() -> Part:
    return {
        "operationId": "list_orders",
        "tags": ["orders"],
        "summary": "List the orders",
        "description": "The caller's, newest first. A new order shows within moments of its 202.",
        "parameters": parameters("order_status", "since", "until", "limit", "cursor"),
        "responses": {"200": success("A page of the orders.", "OrderList"), **TO_CALLERS},
    }


def _get_order() -> Part:
    return {
        "operationId": "get_order",
        "tags": ["orders"],
        "summary": "Show an order",
        "description": "A new order shows within moments of its 202.",
        "parameters": parameters("request_id"),
        "responses": {
            "200": success("The order as it is now.", "OrderView"),
            **TO_CALLERS,
            "404": shared("NotFound"),
        },
    }


def _redeliver_order() -> Part:
    examples = {
        "all": example("To all webhooks", {}),
        "one": example("To one webhook", {"webhook_id": "wh_5f0c"}),
    }
    return {
        "operationId": "redeliver_order",
        "tags": ["orders"],
        "summary": "Have an order's event once more",
        "description": "It keeps its ID, so a receiver that had it knows it.",
        "parameters": parameters("request_id"),
        "requestBody": body("RedeliverRequest", required=False, examples=examples),
        "responses": {
            "202": success("The event has been published.", "RepeatedEvent"),
            **TO_BODIES,
            "404": shared("NotFound"),
            "409": refusal("The order has no outcome yet."),
        },
    }
