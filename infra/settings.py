"""The stack's settings: one object in `Pulumi.<stack>.yaml`, checked before anything is created."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

import pulumi
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from infra.delivery_policy import DeliveryPolicy
from infra.settings_error import SettingsError, explain

KEY = "settings"

EventType = Literal["order.paid", "order.declined", "order.failed"]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 3653
]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class JwtSettings(_Section):
    """Whose tokens are taken with `api.auth: jwt`."""

    issuer: Annotated[str, StringConstraints(pattern=r"^https://\S+$")]
    audience: Annotated[str, StringConstraints(min_length=1)]


class ThrottleSettings(_Section):
    """How many requests the API takes before it answers 429."""

    rate_per_second: Annotated[int, Field(ge=1, le=10_000)] = 100
    burst: Annotated[int, Field(ge=1, le=5_000)] = 200


class ApiSettings(_Section):
    """The HTTP API: who may call it, and how often."""

    auth: Literal["iam", "jwt", "none"] = "iam"
    jwt: JwtSettings | None = None
    throttle: ThrottleSettings = ThrottleSettings()
    idempotency_key_ttl_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 24 * 7

    @model_validator(mode="after")
    def _pair_auth_and_jwt(self) -> ApiSettings:
        if (self.auth == "jwt") != (self.jwt is not None):
            raise ValueError("jwt (issuer and audience) goes with auth: jwt, and only with it")
        return self


# SQS's own default. Its dead-letter queue keeps what is left of fourteen days: a dead letter keeps its age.
ORDERS_RETENTION_SECONDS = 4 * 24 * 60 * 60
# As long as functions.domain.backoff puts an order off at most; a test holds the two together.
LONGEST_BACKOFF_SECONDS = 15 * 60


class QueueSettings(_Section):
    """How the queue hands orders to the workflow: docs/decisions/0005-sqs-visibility-and-receive-count.md.

    `visibility_timeout_seconds` defaults to six times the functions' time-out, as Lambda advises:
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """

    visibility_timeout_seconds: Annotated[int, Field(ge=1, le=43_200)] | None = None
    max_receive_count: Annotated[int, Field(ge=1, le=1_000)] = 100
    batch_size: Annotated[int, Field(ge=1, le=10)] = 10
    # Lambda's own range: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    max_concurrency: Annotated[int, Field(ge=2, le=1_000)] = 10


class PaymentRetrySettings(_Section):
    """How the workflow asks an unavailable gateway again: with full jitter, so half as long on average."""

    interval_seconds: Annotated[int, Field(ge=1, le=3_600)] = 2
    backoff_rate: Annotated[float, Field(ge=1.0, le=10.0)] = 2.0
    max_attempts: Annotated[int, Field(ge=0, le=100)] = 8
    max_delay_seconds: Annotated[int, Field(ge=1, le=31_622_400)] = 120

    @property
    def longest_wait_seconds(self) -> float:
        """All delays at their longest, that is with no luck in the jitter."""
        delays = (self.interval_seconds * self.backoff_rate**attempt for attempt in range(self.max_attempts))
        return sum(min(delay, self.max_delay_seconds) for delay in delays)

    @model_validator(mode="after")
    def _order_delays(self) -> PaymentRetrySettings:
        # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
        if self.max_delay_seconds <= self.interval_seconds:
            raise ValueError("max_delay_seconds must be greater than interval_seconds")
        return self


# An EXPRESS execution ends after five minutes, waits and all:
# https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
_EXPRESS_LONGEST_WAIT_SECONDS = 180


class WorkflowSettings(_Section):
    """The state machine. What is left out has a default that fits the type."""

    type: Literal["STANDARD", "EXPRESS"] = "STANDARD"
    payment_retry: PaymentRetrySettings | None = None
    log_level: Literal["ALL", "ERROR", "FATAL"] | None = None
    log_execution_data: bool = False

    @property
    def effective_payment_retry(self) -> PaymentRetrySettings:
        """How an unavailable gateway is asked again: for six minutes, or for two within EXPRESS's five."""
        by_type = {
            "STANDARD": PaymentRetrySettings(),
            "EXPRESS": PaymentRetrySettings(max_attempts=6, max_delay_seconds=60),
        }
        return self.payment_retry or by_type[self.type]

    @property
    def effective_log_level(self) -> Literal["ALL", "ERROR", "FATAL"]:
        """What is logged: for EXPRESS everything, because nothing else shows its executions."""
        return self.log_level or ("ALL" if self.type == "EXPRESS" else "ERROR")

    @model_validator(mode="after")
    def _fit_into_express(self) -> WorkflowSettings:
        wait_seconds = self.effective_payment_retry.longest_wait_seconds
        if self.type == "EXPRESS" and wait_seconds > _EXPRESS_LONGEST_WAIT_SECONDS:
            raise ValueError(
                f"payment_retry may wait {wait_seconds:g} seconds in all, and type EXPRESS has room for "
                f"{_EXPRESS_LONGEST_WAIT_SECONDS}"
            )
        return self


class FunctionSettings(_Section):
    """The Lambda functions. `build_for: host` is the laptop's: the layer then fits this machine."""

    runtime: Literal["python3.12", "python3.13", "python3.14"] = "python3.13"
    architecture: Literal["arm64", "x86_64"] = "arm64"
    build_for: Literal["lambda", "host"] = "lambda"
    memory_megabytes: Annotated[int, Field(ge=128, le=10_240)] = 256
    timeout_seconds: Annotated[int, Field(ge=3, le=120)] = 20
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class TableSettings(_Section):
    """The DynamoDB tables. `order_ttl_days: 0` keeps orders for good."""

    deletion_protection: bool = False
    point_in_time_recovery: bool = True
    order_ttl_days: Annotated[int, Field(ge=0, le=3_650)] = 0


class PaymentSettings(_Section):
    """Who takes the payments. `stripe_api_base` is a fake Stripe's address, for a laptop and for tests."""

    provider: Literal["simulated", "stripe"] = "simulated"
    stripe_api_base: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#@]+$")] | None = None

    @model_validator(mode="after")
    def _pair_provider_and_base(self) -> PaymentSettings:
        if self.stripe_api_base is not None and self.provider != "stripe":
            raise ValueError("stripe_api_base goes with provider: stripe")
        return self


class RedeliverySettings(_Section):
    """When an event that SNS gave up on is published again: each delay counts from the time before.

    An event rests in its queue for fourteen days at most, which the longest delay must leave room for.
    """

    delays_seconds: Annotated[
        tuple[Annotated[int, Field(ge=1, le=7 * 24 * 3_600)], ...], Field(max_length=20)
    ] = tuple(hours * 3_600 for hours in (2, 5, 10, 10, 24, 24))


class AlarmSettings(_Section):
    """Who is told of alarms; other ways than mail subscribe to the output `alarms_topic_arn`."""

    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None


class Subscriber(_Section):
    """A webhook that the program creates; `name` also tells it apart in events meant for it alone."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    url: str
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    event_types: Annotated[tuple[EventType, ...], Field(min_length=1)] = EVENT_TYPES
    delivery: DeliveryPolicy | None = None

    @model_validator(mode="after")
    def _check_url(self) -> Subscriber:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url must be an https:// address with a host")
        if parts.username is not None or parts.password is not None:
            raise ValueError("url must not carry a user name or a password")
        return self


class Settings(_Section):
    """Everything a stack can set; a development stack needs to set nothing."""

    production: bool = False
    log_retention_days: LogRetentionDays = 30
    api: ApiSettings = ApiSettings()
    queue: QueueSettings = QueueSettings()
    workflow: WorkflowSettings = WorkflowSettings()
    functions: FunctionSettings = FunctionSettings()
    tables: TableSettings = TableSettings()
    payment: PaymentSettings = PaymentSettings()
    delivery: DeliveryPolicy = DeliveryPolicy()
    redelivery: RedeliverySettings = RedeliverySettings()
    delivery_log_success_percent: Annotated[int, Field(ge=0, le=100)] = 100
    alarms: AlarmSettings = AlarmSettings()
    allow_http_webhooks: bool = False
    max_webhooks_per_client: Annotated[int, Field(ge=1, le=100)] = 10
    subscribers: tuple[Subscriber, ...] = ()
    tags: dict[str, str] = {}

    @property
    def visibility_timeout_seconds(self) -> int:
        """How long a message that a function has is hidden from the others."""
        return self.queue.visibility_timeout_seconds or 6 * self.functions.timeout_seconds

    @model_validator(mode="after")
    def _refuse_impossible_pairs(self) -> Settings:
        # Lambda refuses such a mapping: the next function would get a message while the first still has it.
        if self.visibility_timeout_seconds < self.functions.timeout_seconds:
            raise ValueError("queue.visibility_timeout_seconds must be at least functions.timeout_seconds")
        longest_seconds = max(self.visibility_timeout_seconds, LONGEST_BACKOFF_SECONDS)
        receipts = ORDERS_RETENTION_SECONDS // longest_seconds
        if self.queue.max_receive_count > receipts:
            raise ValueError(
                f"queue.max_receive_count: with waits of up to {longest_seconds} seconds the queue keeps a "
                f"message for {receipts} receipts; with more it would be lost before it is given up"
            )
        names = [subscriber.name for subscriber in self.subscribers]
        # Events are sent to an audience, which is one webhook's name or one of these.
        if {"all", "nobody"} & set(names):
            raise ValueError("subscribers: all and nobody cannot be names")
        if len(names) != len(set(names)):
            raise ValueError("subscribers: each name may be used once")
        for subscriber in self.subscribers:
            if subscriber.url.startswith("http://") and not self.allow_http_webhooks:
                raise ValueError(f"subscribers: the url of {subscriber.name} must be https")
        return self

    @model_validator(mode="after")
    def _guard_production(self) -> Settings:
        if not self.production:
            return self
        laptop_only = {
            "api.auth: none": self.api.auth == "none",
            "allow_http_webhooks: true": self.allow_http_webhooks,
            "functions.build_for: host": self.functions.build_for == "host",
            "payment.stripe_api_base": self.payment.stripe_api_base is not None,
        }
        found = [setting for setting, present in laptop_only.items() if present]
        if found:
            raise ValueError(f"a production stack must not have {' or '.join(found)}")
        return self


def load_settings(config: pulumi.Config) -> Settings:
    """Read and check the stack's settings; raise `SettingsError` with a line for each thing wrong."""
    raw: Any = config.get_object(KEY)
    where = f"{config.name}:{KEY}"
    if raw is None:
        raw = {}
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        raise SettingsError(explain(where, Settings, raw, error)) from None
