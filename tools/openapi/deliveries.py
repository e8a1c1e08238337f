"""The document's `webhooks` section: what SNS posts to a client's webhook.

The envelopes are SNS's: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html. The
events within are ours.
"""

from __future__ import annotations

from typing import get_args

from functions.domain.event import TEST_EVENT_TYPE, HealthEventType, OrderEventType
from tools.openapi.answers import Part
from tools.openapi.names import Schema, reference

_TEXT: Schema = {"type": "string"}
_URL: Schema = {"type": "string", "format": "uri"}
_SIGNED: dict[str, Schema] = {
    "MessageId": {"type": "string", "description": "SNS's own: each redelivery has another one."},
    "TopicArn": {"type": "string", "description": "The topic you subscribed to: compare it."},
    "Message": _TEXT,
    "Timestamp": {"type": "string", "format": "date-time"},
    "SignatureVersion": {"enum": ["1", "2"]},
    "Signature": {"type": "string", "contentEncoding": "base64"},
    "SigningCertURL": _URL,
}
_ATTRIBUTE: Schema = {
    "type": "object",
    "properties": {"Type": _TEXT, "Value": _TEXT},
    "required": ["Type", "Value"],
}

NOTIFICATION = "Notification"
CONFIRMATIONS = ("SubscriptionConfirmation", "UnsubscribeConfirmation")


def envelope_schemas() -> dict[str, Schema]:
    """Return the schemas of SNS's three envelopes, by the value of `Type`."""
    notification = {
        **_SIGNED,
        "UnsubscribeURL": {**_URL, "description": "Ends the webhook: keep it out of logs."},
        "MessageAttributes": {"type": "object", "additionalProperties": _ATTRIBUTE},
    }
    confirmation = {**_SIGNED, "Token": _TEXT, "SubscribeURL": _URL}
    return {
        NOTIFICATION: _envelope(NOTIFICATION, notification),
        **{name: _envelope(name, confirmation) for name in CONFIRMATIONS},
    }


def deliveries() -> Part:
    """Return the `webhooks` section: one entry a type of event, and the two of the handshake."""
    events = {type_: _event(type_, "OrderEvent") for type_ in get_args(OrderEventType)}
    return {
        **events,
        TEST_EVENT_TYPE: _event(TEST_EVENT_TYPE, "WebhookTestEvent"),
        **{type_: _event(type_, "WebhookHealthEvent") for type_ in get_args(HealthEventType)},
        "SubscriptionConfirmation": _delivery(
            "SubscriptionConfirmation",
            "Consent to be called",
            "Check that `webhook_id` is in the URL once and is yours, and where `SubscribeURL` leads; then "
            "visit it. Before that, no event is sent.",
            reference("SubscriptionConfirmation"),
        ),
        "UnsubscribeConfirmation": _delivery(
            "UnsubscribeConfirmation",
            "The webhook has ended",
            "`SubscribeURL` would undo that.",
            reference("UnsubscribeConfirmation"),
        ),
    }


def _envelope(type_: str, properties: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": {"Type": {"const": type_}, **properties},
        "required": ["Type", *(name for name in properties if name != "MessageAttributes")],
    }


def _event(type_: str, schema: str) -> Part:
    """Return the delivery of one type of event: the envelope's `Message` is text that holds it."""
    event = {"allOf": [reference(schema), {"properties": {"type": {"const": type_}}}]}
    message = {"type": "string", "contentMediaType": "application/json", "contentSchema": event}
    envelope = {"allOf": [reference(NOTIFICATION), {"properties": {"Message": message}}]}
    return _delivery(
        type_,
        f"An event of the type {type_}",
        "A CloudEvents 1.0 document, as text in `Message`. Refuse it unless `clientid` is you. It may come "
        "more than once, always with the same `id`.",
        envelope,
    )


def _delivery(name: str, summary: str, description: str, schema: Schema) -> Part:
    type_ = name if name in CONFIRMATIONS else NOTIFICATION
    headers = {
        "x-amz-sns-message-type": {"const": type_},
        "x-amz-sns-message-id": _TEXT,
        "x-amz-sns-topic-arn": _TEXT,
    }
    parameters = [
        {
            "name": "webhook_id",
            "in": "query",
            "description": "Your webhook's ID, added to the URL.",
            "schema": _TEXT,
        },
        *({"name": key, "in": "header", "required": True, "schema": each} for key, each in headers.items()),
    ]
    return {
        "post": {
            "operationId": name.replace(".", "_"),
            "tags": ["deliveries"],
            "summary": summary,
            "description": description,
            "security": [],
            "parameters": parameters,
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
            "responses": {
                "2XX": {"description": "Delivered, if it comes within 15 seconds."},
                "4XX": {
                    "description": "Not repeated by SNS, 429 perhaps excepted; redelivered for days after."
                },
                "5XX": {"description": "Repeated by SNS, and then redelivered for days."},
            },
        }
    }
