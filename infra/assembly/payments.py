"""What the functions that talk to the payment provider are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra import iam
from infra.settings import Settings
from infra.storage.tables import ServiceTables
from infra.workflow.payment_secret import PaymentSecret, PaymentSecretArgs

# In the stack's own configuration, beside the settings: `pulumi config set --secret stripeApiKey`.
STRIPE_API_KEY = "stripeApiKey"


@dataclass(frozen=True, kw_only=True)
class PaymentAccess:
    """The environment of both functions, and what each may do for it."""

    environment: dict[str, pulumi.Input[str]]
    to_charge: Sequence[iam.Statement] = ()
    to_release: Sequence[iam.Statement] = ()


def assemble_payments(settings: Settings, tables: ServiceTables) -> PaymentAccess:
    """Make the provider's secret, where it has one, and return what lets functions use it."""
    payment = settings.payment
    environment: dict[str, pulumi.Input[str]] = {
        "PAYMENT_PROVIDER": payment.provider,
        "PAYMENT_SECRET_ARN": "",
        "STRIPE_API_BASE": payment.stripe_api_base or "",
        "ORDERS_TABLE_NAME": tables.orders_name,
    }
    if payment.provider == "simulated":
        return PaymentAccess(environment=environment)
    api_key = pulumi.Config().require_secret(STRIPE_API_KEY)
    secret = PaymentSecret("payment-key", PaymentSecretArgs(provider="Stripe", api_key=api_key))
    read_key = iam.allow(["secretsmanager:GetSecretValue"], [secret.arn])
    return PaymentAccess(
        environment={**environment, "PAYMENT_SECRET_ARN": secret.arn},
        to_charge=[read_key, iam.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [tables.orders_arn])],
        to_release=[read_key, iam.allow(["dynamodb:UpdateItem"], [tables.orders_arn])],
    )
