"""How deliveries are recorded: SNS's log groups, the subscriptions' dead-letter queue, their consumer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.account import Account
from infra.lambdas.factory import FunctionFactory
from infra.lambdas.python_function import PythonFunction
from infra.lambdas.queue_mapping import consume
from infra.naming import (
    FAILED_SIGNALS,
    RECORDER,
    UNDELIVERED_QUEUE,
    UNREADABLE_ENVELOPES,
    UNREADABLE_SIGNALS,
)
from infra.table import Table
from infra.webhooks.delivery_log import delivery_logs_arn
from infra.webhooks.topics import EventTopics
from infra.work_queue import MAX_RETENTION_SECONDS, WorkQueue, WorkQueueArgs

# Only while DynamoDB refuses is a signal received more than a few times, each a quarter of an hour later.
_MAX_RECEIVE_COUNT = 100
# Lambda's most: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
_RETRIES = 2
_LONGEST_AGE_SECONDS = 6 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class SignalsArgs:
    """What recording needs."""

    account: Account
    factory: FunctionFactory
    topics: EventTopics
    webhooks: Table
    deliveries: Table
    timing: Mapping[str, str]
    """The environment variables with the schedule and the longest delivery."""
    visibility_timeout_seconds: int
    batch_size: int
    max_concurrency: int
    key_arn: pulumi.Input[str] | None


class Signals(pulumi.ComponentResource):
    """Two queues and the function that consumes them and the delivery logs.

    The function has no reserved concurrency: Lambda refuses one that leaves an account fewer than 100
    unreserved executions, and new accounts have 10. CloudWatch Logs retries what Lambda throttles, and the
    queues wait.
    """

    def __init__(self, name: str, args: SignalsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:webhooks:Signals", name, {}, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self.undelivered = self._queue(UNDELIVERED_QUEUE, UNREADABLE_ENVELOPES)
        self.failed = self._queue(FAILED_SIGNALS, UNREADABLE_SIGNALS)
        # By their ARNs, and not by the beginning of the topics' names, which another stack's have as well.
        self.undelivered.messages.grant_send_to_topics(args.topics.arns)
        self.function = self._make_function()
        for queue in (self.undelivered.messages, self.failed.messages):
            consume(
                queue,
                self.function,
                batch_size=args.batch_size,
                max_concurrency=args.max_concurrency,
                opts=self._child,
            )
        aws.lambda_.FunctionEventInvokeConfig(
            RECORDER,
            function_name=self.function.name,
            maximum_retry_attempts=_RETRIES,
            maximum_event_age_in_seconds=_LONGEST_AGE_SECONDS,
            destination_config=aws.lambda_.FunctionEventInvokeConfigDestinationConfigArgs(
                on_failure=aws.lambda_.FunctionEventInvokeConfigDestinationConfigOnFailureArgs(
                    destination=self.failed.messages.arn
                )
            ),
            opts=self._child,
        )
        self.log_filters = self._subscribe_to_logs()
        self.register_outputs({"undelivered_url": self.undelivered.messages.url})

    def attach_policies(self) -> None:
        """Create the queues' policies, once everything that sends to them has been granted it."""
        self.undelivered.attach_policies()
        self.failed.attach_policies()

    def _queue(self, name: str, dead_letters_name: str) -> WorkQueue:
        return WorkQueue(
            name,
            WorkQueueArgs(
                visibility_timeout_seconds=self._args.visibility_timeout_seconds,
                max_receive_count=_MAX_RECEIVE_COUNT,
                retention_seconds=MAX_RETENTION_SECONDS,
                dead_letters_name=dead_letters_name,
                key_arn=self._args.key_arn,
            ),
            self._child,
        )

    def _make_function(self) -> PythonFunction:
        args = self._args
        return args.factory.make(
            "record_deliveries",
            "Records what SNS reports of deliveries",
            parent=self,
            environment={
                "DELIVERIES_TABLE_NAME": args.deliveries.name,
                "WEBHOOKS_TABLE_NAME": args.webhooks.name,
                "TOPIC_ARN": args.topics.first.arn,
                "FAILED_QUEUE_URL": self.failed.messages.url,
                "UNDELIVERED_QUEUE_URL": self.undelivered.messages.url,
                "UNREADABLE_QUEUE_URL": self.undelivered.dead_letters.url,
                **args.timing,
            },
            grants=[
                self.undelivered.messages.grant_consume,
                self.failed.messages.grant_consume,
                self.failed.messages.grant_send,
                self.undelivered.dead_letters.grant_send,
                args.deliveries.grant_get,
                args.deliveries.grant_batch_get,
                args.deliveries.grant_query,
                args.deliveries.grant_put,
                args.deliveries.grant_update,
                args.webhooks.grant_query,
                # The events webhook.failing, webhook.recovered and webhook.disabled.
                args.topics.grant_publish,
            ],
        )

    def _subscribe_to_logs(self) -> Mapping[str, aws.cloudwatch.LogSubscriptionFilter]:
        """Subscribe the function to every log group; return the filters by the groups' logical names.

        One permission is for the log groups of all topics: a hundred would not fit into the function's
        policy, which ends at 20 KB. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
        """
        account = self._args.account
        permission = aws.lambda_.Permission(
            RECORDER,
            action="lambda:InvokeFunction",
            function=self.function.name,
            principal=account.logs_principal,
            source_arn=pulumi.Output.concat(delivery_logs_arn(account), ":*"),
            source_account=account.account_id,
            opts=self._child,
        )
        return {
            name: aws.cloudwatch.LogSubscriptionFilter(
                f"{RECORDER}-{name}",
                log_group=group.name,
                # Every entry.
                filter_pattern="",
                destination_arn=self.function.arn,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
            )
            for topic in self._args.topics.all
            for name, group in topic.log_groups.items()
        }
