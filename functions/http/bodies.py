"""The smaller bodies, in and out, which need no view of an order, a webhook or a delivery."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from functions.domain.event import OrderEventType
from functions.domain.resource_id import LONGEST_ID
from functions.http.instants import Instant


class RedeliverRequest(BaseModel):
    """To which webhook alone; to all of the client's where it is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    webhook_id: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ID)] | None = None


class RecoverRequest(BaseModel):
    """From which event's time on, and up to which: up to now where `until` is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    since: Instant
    until: Instant | None = None


class RepeatedEvent(BaseModel):
    """An event that has been published once more, under the same ID; to one webhook or, with null, to all."""

    event_id: str
    event_type: OrderEventType
    webhook_id: str | None


class SentTestEvent(BaseModel):
    """A test event that is on its way to one webhook."""

    event_id: str
    webhook_id: str


class DiagnosticsAnswer(BaseModel):
    """The answer to a diagnostic request: the path's status as API Gateway passed it on."""

    status_parameter: str
