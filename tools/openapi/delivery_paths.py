"""The operations on deliveries: the attempt log, and recoveries."""

from __future__ import annotations

from tools.openapi.answers import TO_BODIES, TO_CALLERS, Part, refusal, shared, success
from tools.openapi.requests import body, example, parameters

_TAGS = ["deliveries"]


def delivery_paths() -> Part:
    """Return the paths of deliveries, below orders and webhooks."""
    return {
        "/orders/{request_id}/deliveries": {"get": _list_order_deliveries()},
        "/webhooks/{webhook_id}/deliveries": {"get": _list_deliveries()},
        "/webhooks/{webhook_id}/deliveries/{event_id}": {"get": _get_delivery()},
        "/webhooks/{webhook_id}/recover": {"post": _recover_webhook()},
        "/webhooks/{webhook_id}/recover/{job_id}": {"get": _get_recovery()},
    }


def _list_order_deliveries() -> Part:
    return {
        "operationId": "list_order_deliveries",
        "tags": _TAGS,
        "summary": "Show what became of an order's event",
        "description": "At each webhook that should have it; none before the order has its outcome.",
        "parameters": parameters("request_id"),
        "responses": {
            "200": success("The deliveries.", "OrderDeliveries"),
            **TO_CALLERS,
            "404": shared("NotFound"),
        },
    }


def _list_deliveries() -> Part:
    return {
        "operationId": "list_deliveries",
        "tags": _TAGS,
        "summary": "List the deliveries to a webhook",
        "description": "Each event with its attempts, the newest event first.",
        "parameters": parameters("webhook_id", "delivery_status", "since", "until", "limit", "cursor"),
        "responses": {
            "200": success("A page of the deliveries.", "DeliveryList"),
            **TO_CALLERS,
            "404": shared("NotFound"),
        },
    }


def _get_delivery() -> Part:
    return {
        "operationId": "get_delivery",
        "tags": _TAGS,
        "summary": "Show a delivery",
        "description": "With every attempt, and the event as it was published.",
        "parameters": parameters("webhook_id", "event_id"),
        "responses": {
            "200": success("The delivery.", "DeliveryDetail"),
            **TO_CALLERS,
            "404": shared("NotFound"),
        },
    }


def _recover_webhook() -> Part:
    examples = {"day": example("Since yesterday", {"since": "2026-11-25T00:00:00Z"})}
    return {
        "operationId": "recover_webhook",
        "tags": _TAGS,
        "summary": "Have everything sent that a webhook missed",
        "description": "Oldest event first, at the rate that the stack allows a webhook.",
        "parameters": parameters("webhook_id"),
        "requestBody": body("RecoverRequest", examples=examples),
        "responses": {
            "202": success("The recovery has begun.", "RecoveryView", location=True),
            **TO_BODIES,
            "404": shared("NotFound"),
            "409": refusal("Too many recoveries of this webhook are running."),
        },
    }


def _get_recovery() -> Part:
    return {
        "operationId": "get_recovery",
        "tags": _TAGS,
        "summary": "Show how far a recovery has come",
        "parameters": parameters("webhook_id", "job_id"),
        "responses": {
            "200": success("The recovery.", "RecoveryView"),
            **TO_CALLERS,
            "404": shared("NotFound"),
        },
    }
