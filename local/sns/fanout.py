"""A publication on its way to each of its topic's subscriptions."""

from __future__ import annotations

import contextvars
import threading
import time

from ministack.core.responses import request_scope
from ministack.services.sns import _deliver_to_lambda as deliver_to_lambda
from ministack.services.sns import _deliver_to_sqs as deliver_to_sqs
from ministack.services.sns import _matches_filter_policy as matches_filter_policy
from ministack.services.sns import _resolve_message_for_protocol as resolve_message

from local.sns.dispatch import is_raw
from local.sns.messages import Publication
from local.sns.runtime import find_topic, get_dispatcher
from local.sns.subscriptions import HTTP_PROTOCOLS, Subscription, Topic


def fan_out(  # the emulator's own signature
    topic_arn: str,
    msg_id: str,
    message: str,
    subject: str,
    message_structure: str = "",
    message_attributes: dict[str, dict[str, str]] | None = None,
    message_group_id: str = "",
    message_dedup_id: str = "",
) -> None:
    """Deliver a publication to every confirmed subscription whose filter policy lets it pass."""
    topic = find_topic(topic_arn)
    if topic is None:
        return
    now = time.time()
    for subscription in topic["subscriptions"]:
        text = resolve_message(message, message_structure, subscription["protocol"])
        publication = Publication(
            message_id=msg_id,
            topic_arn=topic_arn,
            message=text,
            published_at=now,
            subject=subject,
            attributes=message_attributes or {},
        )
        if not subscription["confirmed"] or not matches_filter_policy(
            subscription, publication.attributes, text
        ):
            continue
        if subscription["protocol"] in HTTP_PROTOCOLS:
            get_dispatcher().notify(topic, subscription, publication)
        elif subscription["protocol"] == "sqs":
            _deliver_to_queue(topic, subscription, publication, message_group_id, message_dedup_id)
        elif subscription["protocol"] == "lambda":
            _deliver_to_function(topic, subscription, publication)


def _deliver_to_queue(
    topic: Topic, subscription: Subscription, publication: Publication, group_id: str, deduplication_id: str
) -> None:
    deliver_to_sqs(
        subscription["endpoint"],
        get_dispatcher().write_body(topic, subscription, publication).decode(),
        is_raw(subscription),
        publication.message,
        message_group_id=group_id,
        message_dedup_id=deduplication_id,
        message_attributes=publication.attributes,
        topic_arn=publication.topic_arn,
    )


def _deliver_to_function(topic: Topic, subscription: Subscription, publication: Publication) -> None:
    """Invoke a function in the topic owner's scope, without keeping the publisher waiting."""
    _, _, _, region, account, _ = publication.topic_arn.split(":")
    with request_scope(account, region):
        context = contextvars.copy_context()
    arguments = (
        subscription["endpoint"],
        get_dispatcher().write_body(topic, subscription, publication).decode(),
        publication.topic_arn,
        subscription["arn"],
        publication.message_id,
        publication.message,
        publication.attributes,
    )
    threading.Thread(target=context.run, args=(deliver_to_lambda, *arguments), daemon=True).start()
