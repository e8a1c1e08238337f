"""What each Lambda function reads from its environment: one model a function."""

from __future__ import annotations

import os
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from functions.domain.client import ApiAuth


class Environment(BaseModel):
    """The variables of one function; a field `orders_table_name` is the variable `ORDERS_TABLE_NAME`."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def variables(cls) -> frozenset[str]:
        """Return the names of the variables, as the infrastructure must set them."""
        return frozenset(name.upper() for name in cls.model_fields)


class AcceptOrderEnvironment(Environment):  # noqa: D101 - the name and the fields say it; so for all below
    api_auth: ApiAuth
    orders_queue_url: str
    idempotency_table_name: str
    idempotency_key_ttl_hours: int


class StartExecutionEnvironment(Environment):  # noqa: D101
    state_machine_arn: str
    orders_queue_url: str
    orders_dead_letters_url: str


class SaveOrderEnvironment(Environment):  # noqa: D101
    orders_table_name: str
    order_ttl_days: int


class PaymentEnvironment(BaseModel):
    """What both functions that talk to the payment provider read.

    `payment_secret_arn` is "" for a provider without a key, `stripe_api_base` where it is Stripe itself.
    """

    payment_provider: str
    payment_secret_arn: str
    stripe_api_base: str
    orders_table_name: str


class ProcessPaymentEnvironment(Environment, PaymentEnvironment):  # noqa: D101
    pass


class ReleasePaymentEnvironment(Environment, PaymentEnvironment):  # noqa: D101
    pass


class UpdateOrderEnvironment(Environment):  # noqa: D101
    orders_table_name: str


class InformClientEnvironment(Environment):  # noqa: D101
    topic_arn: str


class GetOrderEnvironment(Environment):  # noqa: D101
    api_auth: ApiAuth
    orders_table_name: str


class CreateWebhookEnvironment(Environment):  # noqa: D101
    api_auth: ApiAuth
    webhooks_table_name: str
    topic_arn: str
    undelivered_queue_arn: str
    max_webhooks_per_client: int
    allow_local_webhooks: bool


class ListWebhooksEnvironment(Environment):  # noqa: D101
    api_auth: ApiAuth
    webhooks_table_name: str


class GetWebhookEnvironment(Environment):  # noqa: D101
    api_auth: ApiAuth
    webhooks_table_name: str


class DeleteWebhookEnvironment(Environment):  # noqa: D101
    api_auth: ApiAuth
    webhooks_table_name: str
    topic_arn: str
    undelivered_queue_arn: str


class TryWebhookEnvironment(Environment):  # noqa: D101
    api_auth: ApiAuth
    webhooks_table_name: str
    topic_arn: str


class RedeliverOrderEnvironment(Environment):  # noqa: D101
    api_auth: ApiAuth
    orders_table_name: str
    webhooks_table_name: str
    topic_arn: str


class RedeliverEnvironment(Environment):
    """`redelivery_delays_seconds` lists the schedule, such as "7200,18000"."""

    webhooks_table_name: str
    topic_arn: str
    undelivered_queue_url: str
    dead_webhooks_queue_url: str
    redelivery_delays_seconds: str


class RefuseRequestEnvironment(Environment):
    """`api_routes` lists the API's routes, such as "POST /orders,GET /orders/{request_id}"."""

    api_routes: str


Model = TypeVar("Model", bound=Environment)


def read(model: type[Model]) -> Model:
    """Read a function's environment; a missing or wrong variable is named in the error."""
    return model.model_validate({name: os.environ.get(name.upper()) for name in model.model_fields})
