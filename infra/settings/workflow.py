"""Settings of the queue, the workflow and the payment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from functions.domain.payment import PaymentProvider
from infra.settings.section import Section

# SQS's own default. Its dead-letter queue keeps what is left of fourteen days: a dead letter keeps its age.
ORDERS_RETENTION_SECONDS = 4 * 24 * 60 * 60
# An EXPRESS execution ends after five minutes, waits and all, and the steps beside the payment want one:
# https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
EXPRESS_LONGEST_PAYMENT_SECONDS = 4 * 60

_LogLevel = Literal["ALL", "ERROR", "FATAL"]


class QueueSettings(Section):
    """The queue between the API and the workflow: docs/decisions/0005-sqs-visibility-and-receive-count.md."""

    visibility_timeout_seconds: Annotated[int, Field(ge=1, le=43_200)] | None = None
    """The queue's visibility timeout. By default six times the functions' timeout, as Lambda recommends: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""
    max_receive_count: Annotated[int, Field(ge=1, le=1_000)] = 100
    """How often an order is received before it goes to the dead-letter queue."""
    batch_size: Annotated[int, Field(ge=1, le=10)] = 10
    """The greatest number of orders in a batch."""
    # Lambda's own range: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    max_concurrency: Annotated[int, Field(ge=2, le=1_000)] = 10
    """The greatest number of concurrent invocations that consume the queue."""


class PaymentRetrySettings(Section):
    """How the workflow retries an unavailable gateway: with full jitter, so half as long on average."""

    interval_seconds: Annotated[int, Field(ge=1, le=3_600)] = 2
    """The wait before the first retry."""
    backoff_rate: Annotated[float, Field(ge=1.0, le=10.0)] = 2.0
    """The factor by which each wait is longer than the previous one."""
    max_attempts: Annotated[int, Field(ge=0, le=100)] = 8
    """The number of retries."""
    # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    max_delay_seconds: Annotated[int, Field(ge=1, lt=31_622_400)] = 120
    """The longest wait."""

    @property
    def longest_wait_seconds(self) -> float:
        """The sum of the delays without jitter."""
        delays = (self.interval_seconds * self.backoff_rate**attempt for attempt in range(self.max_attempts))
        return sum(min(delay, self.max_delay_seconds) for delay in delays)

    def longest_seconds(self, attempt_seconds: int) -> float:
        """All delays and all attempts at their longest."""
        return self.longest_wait_seconds + (self.max_attempts + 1) * attempt_seconds

    @model_validator(mode="after")
    def _check_delays(self) -> PaymentRetrySettings:
        # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
        if self.max_delay_seconds <= self.interval_seconds:
            raise ValueError("max_delay_seconds must be greater than interval_seconds")
        return self


class WorkflowSettings(Section):
    """The state machine. Defaults depend on its type."""

    type: Literal["STANDARD", "EXPRESS"] = "STANDARD"
    """The workflow type; docs/costs.md compares them."""
    payment_retry: PaymentRetrySettings | None = None
    """How an unavailable gateway is retried: by default for six minutes, with EXPRESS for one and a half.
    With EXPRESS, all waits and attempts must end within four minutes."""
    log_level: _LogLevel | None = None
    """Step Functions' log level: by default `ERROR`, with EXPRESS `ALL`."""
    log_execution_data: bool = False
    """Whether this log includes the orders."""

    @property
    def effective_payment_retry(self) -> PaymentRetrySettings:
        """The retry settings, or the type's default."""
        by_type = {
            "STANDARD": PaymentRetrySettings(),
            "EXPRESS": PaymentRetrySettings(max_attempts=6, max_delay_seconds=32),
        }
        return self.payment_retry or by_type[self.type]

    @property
    def effective_log_level(self) -> _LogLevel:
        """The log level: for EXPRESS `ALL`, because only the log shows its executions."""
        return self.log_level or ("ALL" if self.type == "EXPRESS" else "ERROR")


class PaymentSettings(Section):
    """The payment provider."""

    provider: PaymentProvider = "simulated"
    """`simulated` takes no money, so a production stack refuses it. `stripe` needs the secret
    `stripeApiKey` beside these settings: `pulumi config set --secret order-webhooks:stripeApiKey`."""
    stripe_api_base: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#@]+$")] | None = None
    """The URL of a fake Stripe, for a laptop and for tests."""

    @model_validator(mode="after")
    def _pair_provider_and_base(self) -> PaymentSettings:
        if self.stripe_api_base is not None and self.provider != "stripe":
            raise ValueError("stripe_api_base needs provider: stripe")
        return self
