"""The same key for everything that can be encrypted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

Props = dict[str, Any]
KeyArn = pulumi.Input[str]


def _function(props: Props, key_arn: KeyArn) -> Props:
    return {**props, "kms_key_arn": key_arn}


def _kms_key_id(props: Props, key_arn: KeyArn) -> Props:
    return {**props, "kms_key_id": key_arn}


def _queue(props: Props, key_arn: KeyArn) -> Props:
    # SQS takes one or the other. A data key serves for five minutes, SQS's default: so long may the key be
    # gone until messages are refused.
    own = {name: value for name, value in props.items() if name != "sqs_managed_sse_enabled"}
    return {**own, "kms_master_key_id": key_arn}


def _state_machine(props: Props, key_arn: KeyArn) -> Props:
    configuration = aws.sfn.StateMachineEncryptionConfigurationArgs(
        type="CUSTOMER_MANAGED_KMS_KEY", kms_key_id=key_arn
    )
    return {**props, "encryption_configuration": configuration}


def _table(props: Props, key_arn: KeyArn) -> Props:
    encryption = aws.dynamodb.TableServerSideEncryptionArgs(enabled=True, kms_key_arn=key_arn)
    return {**props, "server_side_encryption": encryption}


def _topic(props: Props, key_arn: KeyArn) -> Props:
    return {**props, "kms_master_key_id": key_arn}


_ENCRYPTED: Mapping[type[pulumi.Resource], Callable[[Props, KeyArn], Props]] = {
    aws.cloudwatch.LogGroup: _kms_key_id,
    aws.dynamodb.Table: _table,
    aws.lambda_.Function: _function,
    aws.secretsmanager.Secret: _kms_key_id,
    aws.sfn.StateMachine: _state_machine,
    aws.sns.Topic: _topic,
    aws.sqs.Queue: _queue,
}


def encrypt_everything(key_arn: KeyArn) -> None:
    """Have everything that keeps data, and that the program registers from now on, encrypted with the key.

    Layers and event source mappings keep none: the first hold public packages, the second no filter.
    """

    def encrypt(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        add_key = _ENCRYPTED.get(type(args.resource))
        if add_key is None:
            return None
        return pulumi.ResourceTransformationResult(props=add_key(dict(args.props), key_arn), opts=args.opts)

    pulumi.runtime.register_stack_transformation(encrypt)
