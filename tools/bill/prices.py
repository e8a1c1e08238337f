"""Public prices in US dollars, without free tiers and volume discounts."""

from __future__ import annotations

from dataclasses import dataclass

_MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Prices:
    """The prices of one region at one time; the pages are https://aws.amazon.com/SERVICE/pricing/."""

    region: str
    as_of: str
    api_request: float
    """HTTP API, for each 512 KB."""
    lambda_request: float
    lambda_gigabyte_second: float
    """On arm64; on x86_64 a quarter more."""
    sqs_request: float
    """Standard queue, for each 64 KB."""
    sqs_fair_send: float
    """On top, for a message with a group ID."""
    standard_transition: float
    express_request: float
    express_gigabyte_second: float
    write_unit: float
    """DynamoDB on demand, for each KB of an item and of each index that changes."""
    read_unit: float
    """For each 4 KB, consistently."""
    sns_publish: float
    sns_http_delivery: float
    log_gigabyte: float
    """CloudWatch Logs, ingested."""
    trace: float
    """X-Ray, recorded."""
    scheduler_invocation: float
    alarm_metric_month: float
    custom_metric_month: float


PRICES = Prices(
    region="us-east-1",
    as_of="2026-11",
    api_request=1.00 / _MILLION,
    lambda_request=0.20 / _MILLION,
    lambda_gigabyte_second=0.0000133334,
    sqs_request=0.40 / _MILLION,
    sqs_fair_send=0.10 / _MILLION,
    standard_transition=25.00 / _MILLION,
    express_request=1.00 / _MILLION,
    express_gigabyte_second=0.00001667,
    write_unit=0.625 / _MILLION,
    read_unit=0.125 / _MILLION,
    sns_publish=0.50 / _MILLION,
    sns_http_delivery=0.60 / _MILLION,
    log_gigabyte=0.50,
    trace=5.00 / _MILLION,
    scheduler_invocation=1.00 / _MILLION,
    alarm_metric_month=0.10,
    custom_metric_month=0.30,
)


@dataclass(frozen=True, kw_only=True)
class HostedSender:
    """The public price of a service that only sends webhooks: it takes no orders and no payments."""

    name: str
    page: str
    month: float
    """The plan's price."""
    message: float
    """For each message beyond those of the plan."""
    included_messages: int


HOSTED_SENDER = HostedSender(
    name="Svix, plan Professional",
    page="https://www.svix.com/pricing/",
    month=490.0,
    message=0.0001,
    included_messages=50_000,
)
