"""What a role may do with the key, derived from what it may do with the things that the key encrypts.

A service uses the key on a role's behalf: the role's permission for that service already says for which
queue, topic, table or secret.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from infra import iam

_DECRYPT = ("kms:Decrypt",)
# To use a new data key, which is decrypted once to be checked.
_GENERATE = ("kms:Decrypt", "kms:GenerateDataKey")
_NOTHING: tuple[str, ...] = ()
# AWS names all of these as the least that DynamoDB needs of a principal that uses a table with such a key,
# beside the grants that it makes when the table is created. Reading has been seen to need no more than the
# first two, which writing needs as well: https://github.com/aws/aws-cdk/issues/10010
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
_READ_TABLE = ("kms:Decrypt", "kms:DescribeKey")
WRITE_TABLE = (
    *_READ_TABLE,
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)

# Each action of a service that uses the key. One that is not here cannot be granted beside a key, so that
# nobody forgets what it needs.
_KEY_ACTIONS: Mapping[str, tuple[str, ...]] = {
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    "sqs:SendMessage": _GENERATE,
    "sqs:ReceiveMessage": _DECRYPT,
    "sqs:DeleteMessage": _NOTHING,
    "sqs:ChangeMessageVisibility": _NOTHING,
    "sqs:GetQueueAttributes": _NOTHING,
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#send-to-encrypted-topic
    "sns:Publish": _GENERATE,
    "sns:ConfirmSubscription": _NOTHING,
    "sns:Subscribe": _NOTHING,
    "sns:Unsubscribe": _NOTHING,
    "sns:GetSubscriptionAttributes": _NOTHING,
    "sns:GetTopicAttributes": _NOTHING,
    "sns:SetSubscriptionAttributes": _NOTHING,
    "dynamodb:GetItem": _READ_TABLE,
    "dynamodb:BatchGetItem": _READ_TABLE,
    "dynamodb:Query": _READ_TABLE,
    "dynamodb:PutItem": WRITE_TABLE,
    "dynamodb:UpdateItem": WRITE_TABLE,
    "dynamodb:DeleteItem": WRITE_TABLE,
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    "secretsmanager:GetSecretValue": _DECRYPT,
    # An execution is encrypted by the state machine's own role:
    # https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    "states:StartExecution": _NOTHING,
}
_SERVICES = {action.partition(":")[0] for action in _KEY_ACTIONS}


def key_statements(
    key_arn: Any,  # noqa: ANN401 - may be an output
    via_service: Callable[[str], Any],
    statements: Sequence[iam.Statement],
) -> list[iam.Statement]:
    """Return what a role with these statements needs of the key, service by service.

    `via_service` returns the pattern of `kms:ViaService` for a service, which ends in the partition's DNS
    suffix, such as amazonaws.com.cn:
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    needed: dict[str, set[str]] = {}
    for action in (action for statement in statements for action in statement["Action"]):
        service = action.partition(":")[0]
        if service in _SERVICES:
            needed.setdefault(service, set()).update(_key_actions(action))
    return [
        _allow(key_arn, sorted(actions), "kms:ViaService", via_service(service))
        for service, actions in sorted(needed.items())
        if actions
    ]


def key_for_environment(key_arn: Any, function_pattern: str) -> iam.Statement:  # noqa: ANN401
    """Return what a function's role needs for the function's environment.

    Lambda also grants it to the role when the function is made, and the grant is lost with the role:
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
    """
    function = f"arn:*:lambda:*:*:function:{function_pattern}"
    return _allow(key_arn, _DECRYPT, "kms:EncryptionContext:aws:lambda:FunctionArn", function)


def key_for_workflow(key_arn: Any, workflow_pattern: str) -> list[iam.Statement]:  # noqa: ANN401
    """Return what a state machine's role needs for its definition and executions, and for their log.

    https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    """
    machine = f"arn:*:states:*:*:stateMachine:{workflow_pattern}"
    return [
        _allow(key_arn, _GENERATE, "kms:EncryptionContext:aws:states:stateMachineArn", machine),
        _allow(key_arn, ["kms:GenerateDataKey"], "kms:EncryptionContext:SourceArn", "arn:*:logs:*:*:*"),
    ]


def _allow(
    key_arn: Any,  # noqa: ANN401 - may be an output
    actions: Sequence[str],
    condition_key: str,
    pattern: Any,  # noqa: ANN401 - may be an output
) -> iam.Statement:
    return {**iam.allow(actions, [key_arn]), "Condition": {"StringLike": {condition_key: pattern}}}


def _key_actions(action: str) -> tuple[str, ...]:
    if action not in _KEY_ACTIONS:
        raise ValueError(f"nobody has said what {action} needs of the key: infra/key_use.py")
    return _KEY_ACTIONS[action]
