"""The payment provider's key in Secrets Manager."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions.adapters import aws
from functions.adapters.payment_secret import PaymentSecret
from functions.domain.payment import PaymentGatewayRefused, PaymentGatewayUnavailable


@pytest.fixture
def arn(cloud) -> str:
    made = cloud.client("secretsmanager").create_secret(Name="payment-key", SecretString="sk_test_first")
    return made["ARN"]


def test_the_key_is_read_once_and_again_only_when_asked(cloud, arn) -> None:
    secret = PaymentSecret(aws.secretsmanager(), arn)
    assert secret.value() == "sk_test_first"
    cloud.client("secretsmanager").put_secret_value(SecretId=arn, SecretString="rk_live_second\n")
    assert secret.value() == "sk_test_first"
    assert secret.read_again() == "rk_live_second"
    assert secret.value() == "rk_live_second"


@pytest.mark.parametrize("text", ["", "pk_test_public", '{"key": "sk_test_1"}', "sk_test_1 sk_test_2"])
def test_what_is_no_key_is_told_without_being_shown(cloud, arn, text) -> None:
    secret = PaymentSecret(aws.secretsmanager(), arn)
    cloud.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=text or " ")
    with pytest.raises(PaymentGatewayRefused) as refusal:
        secret.value()
    assert arn in str(refusal.value)
    assert "_test_" not in str(refusal.value)


def test_a_secret_that_is_gone_is_final(cloud, arn) -> None:
    with pytest.raises(PaymentGatewayRefused, match=r"payment-gone.*ResourceNotFoundException"):
        PaymentSecret(aws.secretsmanager(), arn.replace("payment-key", "payment-gone")).value()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetSecretValue"), PaymentGatewayRefused),
        (
            ClientError({"Error": {"Code": "ThrottlingException"}}, "GetSecretValue"),
            PaymentGatewayUnavailable,
        ),
        (ReadTimeoutError(endpoint_url="https://secretsmanager"), PaymentGatewayUnavailable),
    ],
)
def test_a_fault_of_secrets_manager_is_retried_where_that_helps(arn, error, expected) -> None:
    class Failing:
        def get_secret_value(self, **_: str) -> None:
            raise error

    with pytest.raises(expected):
        PaymentSecret(Failing(), arn).value()
