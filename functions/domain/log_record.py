"""The log records that the functions write and the operator commands read: field names and outcomes."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class LogField(StrEnum):
    """A field of a log record. Every record has the three IDs, where they are known, and an outcome."""

    MESSAGE = "message"
    """The function's name."""
    REQUEST_ID = "request_id"
    MESSAGE_ID = "message_id"
    CLIENT_ID = "client_id"
    FUNCTION_REQUEST_ID = "function_request_id"
    OUTCOME = "outcome"
    DURATION_MS = "duration_ms"
    TIMESTAMP = "timestamp"
    EXCEPTION = "exception"
    # Of the API's functions.
    STATUS = "status"
    PROBLEM = "problem"
    CAUSE = "cause"
    FIRST_REQUEST_ID = "first_request_id"
    ORDER_REQUEST_ID = "order_request_id"
    # Of events and webhooks.
    WEBHOOK_ID = "webhook_id"
    EVENT_ID = "event_id"
    EVENT_TYPE = "event_type"
    AUDIENCE = "audience"
    SNS_MESSAGE_ID = "sns_message_id"
    SNS_MESSAGE_TYPE = "sns_message_type"
    WEBHOOKS = "webhooks"
    """How many webhooks an event is for."""
    ENTRIES = "entries"
    DEFERRED = "deferred"
    DROPPED = "dropped"
    COUNTS = "counts"
    BEHIND_SECONDS = "behind_seconds"
    # Of the queues' consumers.
    QUEUE_MESSAGE_ID = "queue_message_id"
    RECEIVE_COUNT = "receive_count"
    HIDDEN_SECONDS = "hidden_seconds"
    NOT_HIDDEN = "not_hidden"
    REASON = "reason"
    # Of the workflow's functions.
    ATTEMPT = "attempt"
    PAYMENT_ID = "payment_id"
    FIRST_RESULT = "first_result"


class Outcome(StrEnum):
    """How an invocation, or the handling of one message, ended.

    Beside these, a function of the workflow has its result as its outcome: the payment's status, the order's
    status, or the event's type.
    """

    DONE = "done"
    REFUSED = "refused"
    ERROR = "error"
    STARTED = "started"
    STARTED_BEFORE = "started_before"
    DEFERRED = "deferred"
    DEAD_LETTERED = "dead_lettered"
    PUBLISHED = "published"
    DROPPED = "dropped"
    CREATED = "created"
    CREATED_BEFORE = "created_before"
    KEPT = "kept"
    SKIPPED = "skipped"
    """Another run is at work."""


LogFields = dict[LogField, Any]
