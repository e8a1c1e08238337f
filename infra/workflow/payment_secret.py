"""The payment provider's API key, kept in Secrets Manager."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class PaymentSecretArgs:
    """What the secret is made of."""

    provider: str
    api_key: pulumi.Input[str]
    """A Pulumi secret, so that neither the state nor a preview shows it."""


class PaymentSecret(pulumi.ComponentResource):
    """A secret with its first value, encrypted with AWS's key for Secrets Manager or with the stack's own.

    A new value put there by an operator is used from then on; Pulumi leaves it alone until the configured
    key itself changes.
    """

    def __init__(
        self, name: str, args: PaymentSecretArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:payments:PaymentSecret", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        secret = aws.secretsmanager.Secret(
            name, description=f"The API key of {args.provider}, which takes the payments", opts=child
        )
        value = aws.secretsmanager.SecretVersion(
            name, secret_id=secret.id, secret_string=args.api_key, opts=child
        )
        # The ARN of the secret, known once it has a value.
        self.arn = value.secret_arn
        self.register_outputs({"arn": self.arn})
