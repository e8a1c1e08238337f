"""The stack's own encryption key."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.account import Account
from infra.encryption.key_policy import key_policy
from infra.naming import EVENT_TOPIC, autonamed, log_group_patterns


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyArgs:
    """What the key is made of."""

    account: Account
    deletion_window_days: int
    alarm_names_start: str
    """What the names of the alarms begin with that are told on the encrypted topic."""


class EncryptionKey(pulumi.ComponentResource):
    """A KMS key, rotated yearly, with an alias that says whose it is."""

    def __init__(
        self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:guarding:EncryptionKey", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        stack = f"{pulumi.get_project()}-{pulumi.get_stack()}"
        key = aws.kms.Key(
            name,
            description=f"Encrypts what {stack} keeps",
            enable_key_rotation=True,
            deletion_window_in_days=args.deletion_window_days,
            policy=pulumi.Output.json_dumps(_policy(args, stack)),
            opts=child,
        )
        alias = aws.kms.Alias(name, name=f"alias/{stack}", target_key_id=key.key_id, opts=child)
        self.arn = key.arn
        self.register_outputs({"arn": self.arn, "alias": alias.name})


def _policy(args: EncryptionKeyArgs, stack: str) -> dict[str, object]:
    where = args.account

    def arn(service: str, *resource: pulumi.Input[str]) -> pulumi.Output[str]:
        prefix = ("arn:", where.partition, f":{service}:", where.region, ":", where.account_id, ":")
        return pulumi.Output.concat(*prefix, *resource)

    return key_policy(
        account_root_arn=pulumi.Output.concat("arn:", where.partition, ":iam::", where.account_id, ":root"),
        logs_service=pulumi.Output.concat("logs.", where.region, ".amazonaws.com"),
        log_group_arns=[arn("logs", "log-group:", pattern) for pattern in log_group_patterns(stack)],
        log_deliveries_arn=arn("logs", "*"),
        topic_arn=arn("sns", autonamed(EVENT_TOPIC)),
        alarms_arn=arn("cloudwatch", "alarm:", args.alarm_names_start, "*"),
    )
