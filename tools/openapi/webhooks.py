"""The operations on webhooks."""

from __future__ import annotations

from tools.openapi.answers import ALWAYS, TO_BODIES, TO_CALLERS, Part, empty, refusal, shared, success
from tools.openapi.requests import body, example, parameters

WEBHOOK_EXAMPLE: Part = {
    "url": "https://shop.example/hooks/orders",
    "event_types": ["order.paid", "order.declined"],
}
_TAGS = ["webhooks"]


def webhook_paths() -> Part:
    """Return the paths below `/webhooks`, and `/health`."""
    return {
        "/webhooks": {"get": _list_webhooks(), "post": _create_webhook()},
        "/webhooks/{webhook_id}": {
            "get": _get_webhook(),
            "patch": _update_webhook(),
            "delete": _delete_webhook(),
        },
        "/webhooks/{webhook_id}/test": {"post": _send_test_event()},
        "/health": {"get": _health()},
    }


def _create_webhook() -> Part:
    same = {"webhook_id": "$response.body#/webhook_id"}
    followers = ("get_webhook", "delete_webhook", "send_test_event")
    links = {name: {"operationId": name, "parameters": same} for name in followers}
    return {
        "operationId": "create_webhook",
        "tags": _TAGS,
        "summary": "Register a webhook",
        "description": "SNS then asks for its confirmation: see the webhook SubscriptionConfirmation.",
        "parameters": parameters(),
        "requestBody": body("WebhookRequest", examples={"shop": example("A shop's", WEBHOOK_EXAMPLE)}),
        "responses": {
            "200": success(
                "The URL was registered before; an unconfirmed webhook gets another confirmation, at most "
                "once a minute.",
                "WebhookView",
                location=True,
                links=links,
            ),
            "201": success("The webhook is registered.", "WebhookView", location=True, links=links),
            **TO_BODIES,
            "409": refusal(
                "The URL is registered for other events, or there are too many webhooks, or too many "
                "unconfirmed subscriptions."
            ),
        },
    }


def _list_webhooks() -> Part:
    return {
        "operationId": "list_webhooks",
        "tags": _TAGS,
        "summary": "List the webhooks",
        "parameters": parameters(),
        "responses": {"200": success("All webhooks of the caller.", "WebhookList"), **TO_CALLERS},
    }


def _get_webhook() -> Part:
    return {
        "operationId": "get_webhook",
        "tags": _TAGS,
        "summary": "Show a webhook",
        "parameters": parameters("webhook_id"),
        "responses": {
            "200": success("The webhook as it is now.", "WebhookDetail"),
            **TO_CALLERS,
            "404": shared("NotFound"),
        },
    }


def _update_webhook() -> Part:
    examples = {
        "pause": example("Hold its events back", {"status": "paused"}),
        "resume": example("Send what has waited", {"status": "active"}),
        "types": example("Other events", {"event_types": ["order.paid", "webhook.failing"]}),
    }
    return {
        "operationId": "update_webhook",
        "tags": _TAGS,
        "summary": "Change, pause or resume a webhook",
        "description": "At once, and without another confirmation. Nothing is lost while it is paused.",
        "parameters": parameters("webhook_id"),
        "requestBody": body("WebhookChanges", examples=examples),
        "responses": {
            "200": success("The webhook as it is now.", "WebhookView"),
            **TO_BODIES,
            "404": shared("NotFound"),
            "409": refusal("The webhook is the operator's."),
        },
    }


def _delete_webhook() -> Part:
    return {
        "operationId": "delete_webhook",
        "tags": _TAGS,
        "summary": "End a webhook",
        "parameters": parameters("webhook_id"),
        "responses": {
            "204": empty("The webhook has ended."),
            **TO_CALLERS,
            "404": shared("NotFound"),
            "409": refusal("The webhook is the operator's."),
        },
    }


def _send_test_event() -> Part:
    return {
        "operationId": "send_test_event",
        "tags": _TAGS,
        "summary": "Have a test event sent",
        "description": "To this webhook alone: see the webhook webhook.test.",
        "parameters": parameters("webhook_id"),
        "responses": {
            "202": success("The event has been published.", "SentTestEvent"),
            **TO_CALLERS,
            "404": shared("NotFound"),
            "409": refusal("The webhook has not confirmed its subscription yet."),
        },
    }


def _health() -> Part:
    return {
        "operationId": "health",
        "tags": ["service"],
        "summary": "Ask whether the service is up",
        "security": [],
        "responses": {"200": success("It is.", "Health"), **ALWAYS},
    }
