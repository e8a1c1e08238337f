"""The payment provider's API key, in Secrets Manager."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.domain.payment import PaymentGatewayRefused, PaymentGatewayUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# What Secrets Manager says when asking again does not help.
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
_FINAL = frozenset(
    """
    AccessDeniedException DecryptionFailure InvalidParameterException InvalidRequestException
    ResourceNotFoundException
    """.split()
)
_API_KEY = re.compile(r"[sr]k_\w+", re.ASCII)


class PaymentSecret:
    """The key, read once and kept until somebody asks to read it again."""

    def __init__(self, client: SecretsManagerClient, arn: str) -> None:
        self._client = client
        self._arn = arn
        self._value: str | None = None

    @property
    def arn(self) -> str:
        """The secret's ARN, for messages."""
        return self._arn

    def value(self) -> str:
        """Return the key.

        Raises `PaymentGatewayUnavailable` where Secrets Manager does not answer, and `PaymentGatewayRefused`
        where it will not, or where the secret holds no key.
        """
        if self._value is None:
            self._value = self._read()
        return self._value

    def read_again(self) -> str:
        """Return the key as it is now: it may have been rotated."""
        self._value = None
        return self.value()

    def _read(self) -> str:
        try:
            text = self._client.get_secret_value(SecretId=self._arn).get("SecretString", "").strip()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _FINAL:
                raise PaymentGatewayRefused(f"the secret {self._arn} cannot be read: {code}") from None
            raise PaymentGatewayUnavailable(f"the payment secret cannot be read just now: {code}") from None
        except BotoCoreError as error:
            what = type(error).__name__
            raise PaymentGatewayUnavailable(f"the payment secret cannot be read just now: {what}") from None
        # Anything else would be sent as it is, and an HTTP library's complaint about it would show it.
        if not _API_KEY.fullmatch(text):
            raise PaymentGatewayRefused(
                f"the secret {self._arn} must hold a secret or restricted API key of Stripe and nothing else"
            )
        return text
