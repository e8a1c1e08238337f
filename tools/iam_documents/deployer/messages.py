"""Queues, topics and subscriptions."""

from __future__ import annotations

from infra.naming import ALARM_TOPIC, QUEUES, event_topics
from tools.iam_documents.permission import Permission, Table, everywhere
from tools.iam_documents.place import Place


def _queues(place: Place) -> list[str]:
    return place.arns("sqs", "", QUEUES)


def _topics(place: Place) -> list[str]:
    return place.arns("sns", "", (*event_topics(), ALARM_TOPIC))


_QUEUE_ATTRIBUTE = Permission(
    resources=_queues,
    create=("sqs:SetQueueAttributes",),
    read=("sqs:GetQueueAttributes",),
    update=("sqs:SetQueueAttributes",),
    delete=("sqs:SetQueueAttributes",),
)

MESSAGES: Table = {
    "aws:sqs/queue:Queue": (
        Permission(
            resources=_queues,
            create=("sqs:CreateQueue",),
            read=("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"),
            update=("sqs:SetQueueAttributes",),
            delete=("sqs:DeleteQueue",),
            tag=("sqs:TagQueue", "sqs:UntagQueue"),
        ),
    ),
    "aws:sqs/queuePolicy:QueuePolicy": (_QUEUE_ATTRIBUTE,),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": (_QUEUE_ATTRIBUTE,),
    "aws:sns/topic:Topic": (
        Permission(
            resources=_topics,
            create=("sns:CreateTopic",),
            read=("sns:GetTopicAttributes", "sns:ListTagsForResource"),
            update=("sns:SetTopicAttributes",),
            delete=("sns:DeleteTopic",),
            tag=("sns:TagResource", "sns:UntagResource"),
        ),
    ),
    "aws:sns/topicPolicy:TopicPolicy": (
        Permission(
            resources=_topics,
            create=("sns:SetTopicAttributes",),
            read=("sns:GetTopicAttributes",),
            update=("sns:SetTopicAttributes",),
            delete=("sns:SetTopicAttributes",),
        ),
    ),
    "aws:sns/topicSubscription:TopicSubscription": (
        Permission(resources=_topics, create=("sns:Subscribe",), read=("sns:ListSubscriptionsByTopic",)),
        Permission(
            resources=everywhere,
            read=("sns:GetSubscriptionAttributes",),
            update=("sns:SetSubscriptionAttributes",),
            delete=("sns:Unsubscribe",),
        ),
    ),
}
