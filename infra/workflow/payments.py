"""The functions that use the payment provider, and the provider's API key in Secrets Manager."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.access import Grantee
from infra.lambdas.factory import FunctionFactory
from infra.lambdas.python_function import PythonFunction
from infra.naming import PAYMENT_SECRET
from infra.settings.workflow import PaymentSettings
from infra.table import Table


def make_payment_functions(
    factory: FunctionFactory,
    orders: Table,
    payment: PaymentSettings,
    stripe_api_key: pulumi.Input[str] | None,
    key_arn: pulumi.Input[str] | None,
    parent: pulumi.Resource,
) -> tuple[PythonFunction, PythonFunction]:
    """Make the functions that take a payment and give it back, and the secret where the provider has one.

    `stripe_api_key` is a Pulumi secret, so that neither the state nor a preview shows it. `key_arn` is of the
    key that encrypts it, where it is not AWS's own.
    """
    secret = None
    if stripe_api_key is not None:
        secret = _StripeKey(stripe_api_key, key_arn, pulumi.ResourceOptions(parent=parent))
    environment: dict[str, pulumi.Input[str]] = {
        "PAYMENT_PROVIDER": payment.provider,
        "PAYMENT_SECRET_ARN": secret.arn if secret else "",
        "STRIPE_API_BASE": payment.stripe_api_base or "",
        "ORDERS_TABLE_NAME": orders.name,
    }
    # The simulated gateway takes no money, and keeps no record of it on the order.
    process_payment = factory.make(
        "process_payment",
        "Takes an order's payment",
        parent=parent,
        environment=environment,
        grants=[secret.grant_read, orders.grant_get, orders.grant_update] if secret else [],
    )
    release_payment = factory.make(
        "release_payment",
        "Gives back what was taken for an order that failed",
        parent=parent,
        environment=environment,
        grants=[secret.grant_read, orders.grant_update] if secret else [],
    )
    return process_payment, release_payment


class _StripeKey:
    """A secret with its first value.

    A new value that an operator puts there is used from then on; Pulumi leaves it alone until the configured
    key itself changes.
    """

    def __init__(
        self,
        api_key: pulumi.Input[str],
        key_arn: pulumi.Input[str] | None,
        opts: pulumi.ResourceOptions,
    ) -> None:
        secret = aws.secretsmanager.Secret(
            PAYMENT_SECRET,
            description="The API key of Stripe, which takes the payments",
            kms_key_id=key_arn,
            opts=opts,
        )
        value = aws.secretsmanager.SecretVersion(
            PAYMENT_SECRET, secret_id=secret.id, secret_string=api_key, opts=opts
        )
        # The ARN of the secret, known once it has a value.
        self.arn = value.secret_arn

    def grant_read(self, function: Grantee) -> None:
        function.role.allow(iam.allow(["secretsmanager:GetSecretValue"], [self.arn]))
