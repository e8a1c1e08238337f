"""The events' documents as models, for the OpenAPI document; `event` builds the documents."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from functions.domain.event import (
    HEALTH_SCHEMA,
    ORDER_SCHEMA,
    TEST_EVENT_TYPE,
    TEST_SCHEMA,
    EventType,
    HealthEventType,
    OrderEventType,
)
from functions.domain.order_models import OrderSummary
from functions.domain.timestamp import Timestamp

_DataSchema = Annotated[str, Field(description="The schema of `data`, with its version.")]


class _CloudEvent(BaseModel):
    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    specversion: Literal["1.0"] = "1.0"
    id: Annotated[str, Field(json_schema_extra={"format": "uuid"})]
    source: Literal["/orders", "/webhooks"] = "/orders"
    type: EventType
    subject: str
    time: Timestamp
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str
    clientid: Annotated[str, Field(description="The client that the event belongs to: compare it.")]


class OrderEvent(_CloudEvent):
    """The outcome of an order; the order's request ID is the subject."""

    type: OrderEventType
    dataschema: _DataSchema = ORDER_SCHEMA
    data: OrderSummary


class WebhookTestData(BaseModel):
    """The webhook that the test event is for."""

    model_config = ConfigDict(frozen=True)

    webhook_id: str


class WebhookTestEvent(_CloudEvent):
    """A test event that a client sends to one of its webhooks; the ID of that request is the subject."""

    type: Literal["webhook.test"] = TEST_EVENT_TYPE
    dataschema: _DataSchema = TEST_SCHEMA
    data: WebhookTestData


class FailedAttempt(BaseModel):
    """A webhook's last failed attempt; `status` is null where there was no answer."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    at: Timestamp
    status: int | None = None
    event_id: str | None = None


class WebhookHealthData(BaseModel):
    """The webhook whose health has changed."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    webhook_id: str
    reason: str | None = None
    last_failure: FailedAttempt | None = None


class WebhookHealthEvent(_CloudEvent):
    """The health of another webhook of the client has changed; that webhook's ID is the subject."""

    type: HealthEventType
    source: Literal["/webhooks"] = "/webhooks"
    dataschema: _DataSchema = HEALTH_SCHEMA
    data: WebhookHealthData
