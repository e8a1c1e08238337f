"""The key that encrypts what the service keeps."""

from __future__ import annotations

import pulumi

from infra.account import Account
from infra.encryption.key import EncryptionKey, EncryptionKeyArgs
from infra.encryption.transformation import encrypt_everything
from infra.monitoring.metric_alarms import alarm_names_start
from infra.settings import Settings


def assemble_key(settings: Settings, account: Account) -> pulumi.Output[str] | None:
    """Make the key, where the settings want one, and have it used from now on; return its ARN.

    Without it AWS's own keys encrypt everything but the alarms' topic.
    """
    if not settings.encryption.customer_managed_key:
        return None
    key = EncryptionKey(
        "key",
        EncryptionKeyArgs(
            account=account,
            deletion_window_days=settings.encryption.deletion_window_days,
            alarm_names_start=alarm_names_start(),
        ),
    )
    arn: pulumi.Output[str] = key.arn
    encrypt_everything(arn)
    return arn
