"""The lines of a bill: how much of each service an order uses, and what a million of them cost."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tools.bill.design import Design
from tools.bill.prices import PRICES
from tools.bill.sizes import (
    ACCESS_LOG_BYTES,
    DELIVERY_LOG_BYTES,
    EXPRESS_LOG_BYTES,
    FUNCTION_LOG_BYTES,
    METRIC_LOG_BYTES,
    METRIC_RECORDS,
    PLATFORM_LOG_BYTES,
    billed_seconds,
)

MILLION = 1_000_000
_GIGABYTE = 1_000_000_000
_MEGABYTES_PER_GIGABYTE = 1_024
_EXPRESS_SECONDS = 1.0
_EXPRESS_MEGABYTES = 64
_STEP_FUNCTIONS = "Step Functions"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One service's part of a million orders, with what was counted for one order."""

    service: str
    counted: str
    dollars: float


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What a million orders cost with so many webhooks for each client."""

    design: Design
    webhooks: int
    lines: tuple[Line, ...]

    @property
    def total(self) -> float:
        """The sum in dollars."""
        return sum(line.dollars for line in self.lines)

    @property
    def without_step_functions(self) -> float:
        """The sum without the workflow's own price."""
        return sum(line.dollars for line in self.lines if line.service != _STEP_FUNCTIONS)

    def by_service(self) -> dict[str, float]:
        """Return dollars by service."""
        return {line.service: line.dollars for line in self.lines}


def make_bill(design: Design, *, webhooks: int) -> Bill:
    """Return the bill of a million orders, each with one event for each of the client's webhooks."""
    lines = (
        Line(service=service, counted=counted, dollars=dollars * MILLION)
        for service, counted, dollars in _lines(design, webhooks)
    )
    return Bill(design=design, webhooks=webhooks, lines=tuple(lines))


def _lines(design: Design, webhooks: int) -> Iterator[tuple[str, str, float]]:
    yield "API Gateway", "1 request", PRICES.api_request
    recorded = webhooks if design.has_deliveries else 0
    yield _functions(design, recorded)
    # Lambda's receive and delete of a batch of one: under load up to ten messages share them.
    yield "SQS", "1 send with a group ID, 1 receive, 1 delete", 3 * PRICES.sqs_request + PRICES.sqs_fair_send
    yield _workflow(design)
    yield _table_writes(design, webhooks)
    sns = PRICES.sns_publish + webhooks * PRICES.sns_http_delivery
    yield "SNS", f"1 publication, {webhooks} HTTPS deliveries", sns
    yield _logs(design, recorded, webhooks)
    traces = design.traces + (recorded if design.traced_recorder else 0)
    yield "X-Ray", f"at most {traces} traces", traces * PRICES.trace


def _functions(design: Design, recorded: int) -> tuple[str, str, float]:
    names = [*design.functions, *["record-deliveries"] * recorded]
    megabyte_seconds = sum(billed_seconds(each) * design.memory_megabytes[each] for each in names)
    gigabyte_seconds = megabyte_seconds / _MEGABYTES_PER_GIGABYTE
    dollars = len(names) * PRICES.lambda_request + gigabyte_seconds * PRICES.lambda_gigabyte_second
    counted = f"{len(names)} invocations, {gigabyte_seconds * 1000:.0f} GB-ms"
    return "Lambda", counted, dollars


def _workflow(design: Design) -> tuple[str, str, float]:
    if design.workflow_type == "STANDARD":
        dollars = design.transitions * PRICES.standard_transition
        return _STEP_FUNCTIONS, f"{design.transitions} transitions", dollars
    gigabytes = math.ceil(_EXPRESS_MEGABYTES / 64) * 64 / _MEGABYTES_PER_GIGABYTE
    dollars = PRICES.express_request + _EXPRESS_SECONDS * gigabytes * PRICES.express_gigabyte_second
    counted = f"1 request, {_EXPRESS_SECONDS:g} s at {_EXPRESS_MEGABYTES} MB"
    return _STEP_FUNCTIONS, counted, dollars


def _table_writes(design: Design, webhooks: int) -> tuple[str, str, float]:
    # The order is put into the table and every index. Its result changes the table and the indexes that have
    # the status. Each item has less than a kilobyte.
    orders = 1 + len(design.order_indexes) + 1 + sum(each != "KEYS_ONLY" for each in design.order_indexes)
    idempotency = 2
    deliveries = _delivery_writes(webhooks) if design.has_deliveries else 0
    writes = orders + idempotency + deliveries
    # The client's webhooks and their states: a query and a batch, of which several fit into a unit.
    reads = 2 + webhooks // 8 if design.has_deliveries else 0
    counted = f"{writes} write units ({orders} order, {idempotency} Idempotency-Key, {deliveries} deliveries)"
    return "DynamoDB", counted, writes * PRICES.write_unit + reads * PRICES.read_unit


def _delivery_writes(webhooks: int) -> int:
    """Count the writes of one event that every webhook gets at the first attempt.

    The event's document is put, the SNS message is put, and its ID is noted on the event. Each row is put
    with its deadline in an index, and its success changes the row and removes it from the index.
    """
    return 3 + webhooks * (2 + 2)


def _logs(design: Design, recorded: int, webhooks: int) -> tuple[str, str, float]:
    invocations = len(design.functions) + recorded
    per_invocation = FUNCTION_LOG_BYTES + (PLATFORM_LOG_BYTES if design.platform_log_records else 0)
    size = invocations * per_invocation + ACCESS_LOG_BYTES + METRIC_RECORDS * METRIC_LOG_BYTES
    size += webhooks * DELIVERY_LOG_BYTES
    if design.workflow_log_level == "ALL":
        size += design.transitions * EXPRESS_LOG_BYTES
    return "CloudWatch Logs", f"{size / 1000:.1f} KB", size / _GIGABYTE * PRICES.log_gigabyte
