"""Settings of how an order is processed: the queue, the workflow, the payment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from infra.settings.section import Section

# SQS's own default. Its dead-letter queue keeps what is left of fourteen days: a dead letter keeps its age.
ORDERS_RETENTION_SECONDS = 4 * 24 * 60 * 60
# An EXPRESS execution ends after five minutes, waits and all, and the steps beside the payment want one:
# https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
EXPRESS_LONGEST_PAYMENT_SECONDS = 4 * 60

_LogLevel = Literal["ALL", "ERROR", "FATAL"]


class QueueSettings(Section):
    """How the queue hands orders to the workflow: docs/decisions/0005-sqs-visibility-and-receive-count.md."""

    visibility_timeout_seconds: Annotated[int, Field(ge=1, le=43_200)] | None = None
    """How long a message that a function has is hidden from the others. By default six times the functions'
    time-out, as Lambda advises: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""
    max_receive_count: Annotated[int, Field(ge=1, le=1_000)] = 100
    """How often an order is tried before it goes to the dead-letter queue."""
    batch_size: Annotated[int, Field(ge=1, le=10)] = 10
    """How many orders a function gets at once."""
    # Lambda's own range: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    max_concurrency: Annotated[int, Field(ge=2, le=1_000)] = 10
    """How many functions work the queue off at the same time."""


class PaymentRetrySettings(Section):
    """How the workflow asks an unavailable gateway again: with full jitter, so half as long on average."""

    interval_seconds: Annotated[int, Field(ge=1, le=3_600)] = 2
    """The wait before the first retry."""
    backoff_rate: Annotated[float, Field(ge=1.0, le=10.0)] = 2.0
    """By how much each wait is longer than the one before."""
    max_attempts: Annotated[int, Field(ge=0, le=100)] = 8
    """How many retries."""
    max_delay_seconds: Annotated[int, Field(ge=1, le=31_622_400)] = 120
    """The longest wait."""

    @property
    def longest_wait_seconds(self) -> float:
        """All delays at their longest, that is with no luck in the jitter."""
        delays = (self.interval_seconds * self.backoff_rate**attempt for attempt in range(self.max_attempts))
        return sum(min(delay, self.max_delay_seconds) for delay in delays)

    def longest_seconds(self, attempt_seconds: int) -> float:
        """All delays and all attempts at their longest."""
        return self.longest_wait_seconds + (self.max_attempts + 1) * attempt_seconds

    @model_validator(mode="after")
    def _order_delays(self) -> PaymentRetrySettings:
        # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
        if self.max_delay_seconds <= self.interval_seconds:
            raise ValueError("max_delay_seconds must be greater than interval_seconds")
        return self


class WorkflowSettings(Section):
    """The state machine. What is left out has a default that fits the type."""

    type: Literal["STANDARD", "EXPRESS"] = "STANDARD"
    """What Step Functions runs; docs/costs.md says when to choose which."""
    payment_retry: PaymentRetrySettings | None = None
    """How an unavailable gateway is asked again: by default for six minutes, with EXPRESS for one and a half.
    With EXPRESS, all waits and attempts must end within four minutes."""
    log_level: _LogLevel | None = None
    """What Step Functions logs: by default `ERROR`, with EXPRESS `ALL`."""
    log_execution_data: bool = False
    """Whether these logs hold the orders too."""

    @property
    def effective_payment_retry(self) -> PaymentRetrySettings:
        """How an unavailable gateway is asked again: what is set, or what fits the type."""
        by_type = {
            "STANDARD": PaymentRetrySettings(),
            "EXPRESS": PaymentRetrySettings(max_attempts=6, max_delay_seconds=32),
        }
        return self.payment_retry or by_type[self.type]

    @property
    def effective_log_level(self) -> _LogLevel:
        """What is logged: for EXPRESS everything, because nothing else shows its executions."""
        return self.log_level or ("ALL" if self.type == "EXPRESS" else "ERROR")


class PaymentSettings(Section):
    """Who takes the payments."""

    provider: Literal["simulated", "stripe"] = "simulated"
    """`simulated` takes no money, so a production stack refuses it. `stripe` wants the secret
    `stripeApiKey` beside these settings: `pulumi config set --secret stripeApiKey`."""
    stripe_api_base: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#@]+$")] | None = None
    """A fake Stripe's address, for a laptop and for tests."""

    @model_validator(mode="after")
    def _pair_provider_and_base(self) -> PaymentSettings:
        if self.stripe_api_base is not None and self.provider != "stripe":
            raise ValueError("stripe_api_base goes with provider: stripe")
        return self
