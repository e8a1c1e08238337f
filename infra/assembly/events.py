"""From an outcome to the webhooks: the topic, its publishers, its subscribers, and redelivery."""

from __future__ import annotations

from dataclasses import dataclass

from infra import iam
from infra.account import Account
from infra.lambdas.factory import FunctionKit
from infra.lambdas.python_function import PythonFunction
from infra.lambdas.queue_consumer import CONSUME_ACTIONS, QueueConsumer, QueueConsumerArgs
from infra.lambdas.role import FunctionRole
from infra.settings import Settings
from infra.storage.tables import ServiceTables
from infra.webhooks.delivery_log import DeliveryLog, DeliveryLogArgs, DeliveryLogRole, DeliveryLogRoleArgs
from infra.webhooks.subscription import WebhookSubscription, WebhookSubscriptionArgs
from infra.webhooks.topic import EventTopic, EventTopicArgs
from infra.work_queue import MAX_RETENTION_SECONDS, WorkQueue, WorkQueueArgs

# Of each message most receipts are only looks at the clock: a wait of 24 hours takes three of them. What is
# left is for the days when SNS or DynamoDB refuse.
_REDELIVERY_MAX_RECEIVE_COUNT = 100


@dataclass(frozen=True, kw_only=True)
class Events:
    """What the rest of the stack needs of the events' side."""

    topic: EventTopic
    delivery_log: DeliveryLog
    undelivered: WorkQueue
    inform_client: PythonFunction
    publishers: dict[str, FunctionRole]
    """The roles of the API's functions that publish, by handler module: the topic admits them by name."""


def assemble_events(settings: Settings, account: Account, kit: FunctionKit, tables: ServiceTables) -> Events:
    """Make the topic with everything that publishes to it and everything that hears from it."""
    publishers = {
        name: kit.role(name) for name in ("inform_client", "redeliver", "redeliver_order", "try_webhook")
    }
    log_role = DeliveryLogRole("delivery-log", DeliveryLogRoleArgs(account=account))
    topic = EventTopic(
        "order-events",
        EventTopicArgs(
            delivery=settings.delivery,
            publisher_role_arns=[role.arn for role in publishers.values()],
            log_role_arn=log_role.arn,
            log_success_percent=settings.delivery_log_success_percent,
        ),
    )
    delivery_log = DeliveryLog(
        "delivery-log",
        DeliveryLogArgs(
            account=account,
            topic_name=topic.name,
            role_name=log_role.name,
            retention_days=settings.log_retention_days,
        ),
    )
    inform_client = kit.function(
        "inform_client",
        "Publishes an order's outcome to its client's webhooks",
        role=publishers["inform_client"],
        environment={"TOPIC_ARN": topic.arn},
        statements=[iam.allow(["sns:Publish"], [topic.arn])],
    )
    undelivered = _undelivered(settings, topic, publishers["redeliver"])
    _subscribers(settings, topic, undelivered, tables)
    _redelivery(settings, kit, tables, topic, undelivered, publishers["redeliver"])
    return Events(
        topic=topic,
        delivery_log=delivery_log,
        undelivered=undelivered,
        inform_client=inform_client,
        publishers=publishers,
    )


def _undelivered(settings: Settings, topic: EventTopic, redeliver_role: FunctionRole) -> WorkQueue:
    return WorkQueue(
        "undelivered",
        WorkQueueArgs(
            sender=lambda queue_arn: iam.admit_service(
                "sns.amazonaws.com", "sqs:SendMessage", queue_arn, topic.arn
            ),
            visibility_timeout_seconds=settings.visibility_timeout_seconds,
            max_receive_count=_REDELIVERY_MAX_RECEIVE_COUNT,
            # What rests here is the only copy of an event that a client has not had.
            retention_seconds=MAX_RETENTION_SECONDS,
            dead_letter_name="dead-webhooks",
            # What the schedule is used up for is laid to rest by the function, with its reason.
            dead_letter_sender=lambda queue_arn: iam.admit_role(
                redeliver_role.arn, "sqs:SendMessage", queue_arn
            ),
        ),
    )


def _subscribers(
    settings: Settings, topic: EventTopic, undelivered: WorkQueue, tables: ServiceTables
) -> None:
    for subscriber in settings.subscribers:
        WebhookSubscription(
            subscriber.name,
            WebhookSubscriptionArgs(
                topic_arn=topic.arn,
                undelivered_arn=undelivered.arn,
                webhooks_table_name=tables.webhooks_name,
                url=subscriber.url,
                client_id=subscriber.client_id,
                event_types=subscriber.event_types,
                webhook_id=subscriber.name,
                delivery=subscriber.delivery,
            ),
        )


def _redelivery(
    settings: Settings,
    kit: FunctionKit,
    tables: ServiceTables,
    topic: EventTopic,
    undelivered: WorkQueue,
    role: FunctionRole,
) -> None:
    redeliver = kit.function(
        "redeliver",
        "Publishes an undelivered event again, hours later, for one webhook",
        role=role,
        environment={
            "WEBHOOKS_TABLE_NAME": tables.webhooks_name,
            "TOPIC_ARN": topic.arn,
            "UNDELIVERED_QUEUE_URL": undelivered.url,
            "DEAD_WEBHOOKS_QUEUE_URL": undelivered.dead_letters_url,
            "REDELIVERY_DELAYS_SECONDS": ",".join(map(str, settings.redelivery.delays_seconds)),
        },
        statements=[
            iam.allow(["sns:Publish"], [topic.arn]),
            iam.allow([*CONSUME_ACTIONS, "sqs:ChangeMessageVisibility"], [undelivered.arn]),
            iam.allow(["sqs:SendMessage"], [undelivered.dead_letters_arn]),
            iam.allow(["dynamodb:Query", "dynamodb:UpdateItem"], [tables.webhooks_arn]),
        ],
    )
    QueueConsumer(
        "undelivered",
        QueueConsumerArgs(
            queue_arn=undelivered.arn,
            function_name=redeliver.name,
            batch_size=settings.queue.batch_size,
            max_concurrency=settings.queue.max_concurrency,
        ),
    )
