"""The policy of a customer-managed key: who may use it beside the account's own roles.

In a key's policy the resource `*` means this key:
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
It names nothing that the key encrypts, since that is made after the key: conditions have patterns instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from infra import iam

_THIS_KEY = "*"

_TO_SEND = ("kms:Decrypt", "kms:GenerateDataKey")
# AWS's page has them with stars, of which a key that encrypts symmetrically knows only these; and
# kms:Describe*, on a condition that it never meets, since nothing is encrypted then.
_BY_LOGS = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
)


def key_policy(
    *,
    account_root_arn: Any,  # noqa: ANN401 - here and below: ARNs may be outputs
    logs_service: Any,  # noqa: ANN401
    log_group_arns: Sequence[Any],
    log_deliveries_arn: Any,  # noqa: ANN401
    topic_arns: Sequence[Any],
    alarms_arn: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Return the key's policy.

    `logs_service` is CloudWatch Logs' principal in the region. The ARNs may end in patterns: the log groups
    that are encrypted, any log delivery of the account, the topics whose undelivered messages go to
    an encrypted queue, and the alarms that notify an encrypted topic.
    """
    return iam.document(
        _allow_account(account_root_arn),
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        _allow_service(
            logs_service,
            _BY_LOGS,
            {"StringLike": {"kms:EncryptionContext:aws:logs:arn": list(log_group_arns)}},
        ),
        # What Step Functions encrypts for its log on the way there:
        # https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
        _allow_service(
            "delivery.logs.amazonaws.com",
            ["kms:Decrypt"],
            {"StringLike": {"kms:EncryptionContext:SourceArn": log_deliveries_arn}},
        ),
        # A subscription's dead letters: https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
        _allow_service("sns.amazonaws.com", _TO_SEND, _of_source(list(topic_arns))),
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
        _allow_service("cloudwatch.amazonaws.com", _TO_SEND, _of_source(alarms_arn)),
    )


def _allow_account(account_root_arn: Any) -> iam.Statement:  # noqa: ANN401
    # Without it nobody could change the policy, and no role's own policy would count: roles, and the services
    # that act on their behalf (DynamoDB, Secrets Manager, Lambda, Step Functions), use the key by theirs.
    # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    return {
        "Sid": "EnableIamPolicies",
        "Effect": "Allow",
        "Principal": {"AWS": account_root_arn},
        "Action": "kms:*",
        "Resource": _THIS_KEY,
    }


def _allow_service(
    service: Any,  # noqa: ANN401
    actions: Sequence[str],
    condition: Mapping[str, Mapping[str, Any]],
) -> iam.Statement:
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": list(actions),
        "Resource": _THIS_KEY,
        "Condition": condition,
    }


def _of_source(source_arn: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    # The account is in the ARN, which SNS is known to send to KMS: https://github.com/aws/aws-cdk/pull/20521
    # Of aws:SourceAccount it is not; were that asked for and not sent, dead letters would be lost.
    return {"ArnLike": {"aws:SourceArn": source_arn}}
