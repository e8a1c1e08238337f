"""What several capabilities use: account, key, the functions' code, tables, and the orders' queue."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.account import Account, check_names, current_account
from infra.encryption.component import Encryption, EncryptionArgs
from infra.lambdas.defaults import FunctionFactoryArgs
from infra.lambdas.factory import FunctionFactory
from infra.naming import ORDERS_DEAD_LETTERS, ORDERS_QUEUE, STORE
from infra.protection import protect_what_lasts
from infra.settings import ORDERS_RETENTION_SECONDS, Settings
from infra.storage.component import Storage, StorageArgs
from infra.tagging import tag_everything
from infra.work_queue import WorkQueue, WorkQueueArgs


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """What several capabilities are given alike."""

    account: Account
    key_arn: pulumi.Output[str] | None
    factory: FunctionFactory
    storage: Storage
    orders_queue: WorkQueue


def prepare_resources(settings: Settings) -> None:
    """Check the names before anything is created, and have all of it tagged and what lasts protected."""
    project, stack = pulumi.get_project(), pulumi.get_stack()
    check_names(project, stack)
    tag_everything({"project": project, "stack": stack, "managed-by": "pulumi", **settings.tags})
    if settings.protect:
        protect_what_lasts()


def make_foundation(settings: Settings) -> Foundation:
    """Declare what several capabilities are given alike."""
    account = current_account()
    key_arn = None
    if settings.encryption.customer_managed_key:
        days = settings.encryption.deletion_window_days
        key_arn = Encryption("key", EncryptionArgs(account=account, deletion_window_days=days)).key_arn
    return Foundation(
        account=account,
        key_arn=key_arn,
        factory=FunctionFactory(
            "functions",
            FunctionFactoryArgs(
                account_id=account.account_id,
                settings=settings.functions,
                log_retention_days=settings.log_retention_days,
                tracing=settings.tracing,
                key_arn=key_arn,
            ),
        ),
        storage=Storage(
            STORE,
            StorageArgs(
                deletion_protection=settings.tables.deletion_protection,
                point_in_time_recovery=settings.tables.point_in_time_recovery,
                key_arn=key_arn,
            ),
        ),
        orders_queue=WorkQueue(
            ORDERS_QUEUE,
            WorkQueueArgs(
                visibility_timeout_seconds=settings.visibility_timeout_seconds,
                max_receive_count=settings.queue.max_receive_count,
                retention_seconds=ORDERS_RETENTION_SECONDS,
                dead_letters_name=ORDERS_DEAD_LETTERS,
                key_arn=key_arn,
            ),
        ),
    )
