"""The functions that use the payment provider, and the provider's API key in Secrets Manager."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.access import Grantee
from infra.lambdas.factory import FunctionFactory
from infra.lambdas.python_function import PythonFunction
from infra.naming import PAYMENT_SECRET
from infra.settings.workflow import PaymentSettings
from infra.table import Table


@dataclass(frozen=True, kw_only=True)
class PaymentFunctionsArgs:
    """What the functions need."""

    factory: FunctionFactory
    orders: Table
    payment: PaymentSettings
    stripe_api_key: pulumi.Input[str] | None
    """A Pulumi secret, so that neither the state nor a preview shows it; only with the provider `stripe`."""
    key_arn: pulumi.Input[str] | None
    """The key that encrypts the secret, where it is not AWS's own."""


@dataclass(frozen=True, kw_only=True)
class PaymentFunctions:
    """The functions that take a payment and give it back."""

    process_payment: PythonFunction
    release_payment: PythonFunction


def make_payment_functions(args: PaymentFunctionsArgs, parent: pulumi.Resource) -> PaymentFunctions:
    """Make the functions, and the secret where the provider has one."""
    secret = None
    if args.stripe_api_key is not None:
        secret = _StripeKey(args.stripe_api_key, args.key_arn, pulumi.ResourceOptions(parent=parent))
    environment: dict[str, pulumi.Input[str]] = {
        "PAYMENT_PROVIDER": args.payment.provider,
        "PAYMENT_SECRET_ARN": secret.arn if secret else "",
        "STRIPE_API_BASE": args.payment.stripe_api_base or "",
        "ORDERS_TABLE_NAME": args.orders.name,
    }
    # The simulated gateway takes no money, and keeps no record of it on the order.
    return PaymentFunctions(
        process_payment=args.factory.make(
            "process_payment",
            "Takes an order's payment",
            parent=parent,
            environment=environment,
            grants=[secret.grant_read, args.orders.grant_get, args.orders.grant_update] if secret else [],
        ),
        release_payment=args.factory.make(
            "release_payment",
            "Gives back what was taken for an order that failed",
            parent=parent,
            environment=environment,
            grants=[secret.grant_read, args.orders.grant_update] if secret else [],
        ),
    )


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
