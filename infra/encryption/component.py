"""The stack's own encryption key."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.account import Account, stack_name
from infra.encryption.key_policy import key_policy
from infra.naming import autonamed, event_topics, log_group_patterns


@dataclass(frozen=True, kw_only=True)
class EncryptionArgs:
    """What the key is made of."""

    account: Account
    deletion_window_days: int


class Encryption(pulumi.ComponentResource):
    """A KMS key, rotated yearly, with an alias that names the stack."""

    def __init__(self, name: str, args: EncryptionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:encryption:Encryption", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = aws.kms.Key(
            name,
            description=f"Encrypts the data of {stack_name()}",
            enable_key_rotation=True,
            deletion_window_in_days=args.deletion_window_days,
            policy=pulumi.Output.json_dumps(_policy(args.account)),
            opts=child,
        )
        alias = aws.kms.Alias(name, name=f"alias/{stack_name()}", target_key_id=key.key_id, opts=child)
        self.key_arn = key.arn
        self.register_outputs({"key_arn": self.key_arn, "alias": alias.name})


def _policy(account: Account) -> dict[str, object]:
    return key_policy(
        account_root_arn=pulumi.Output.concat(
            "arn:", account.partition, ":iam::", account.account_id, ":root"
        ),
        logs_service=account.logs_principal,
        log_group_arns=[account.arn("logs", f"log-group:{pattern}") for pattern in log_group_patterns()],
        log_deliveries_arn=account.arn("logs", "*"),
        topic_arns=[account.arn("sns", autonamed(each)) for each in event_topics()],
        alarms_arn=account.arn("cloudwatch", f"alarm:{stack_name()}-*"),
    )
