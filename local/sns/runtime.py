"""SNS inside the emulator: one engine, one signer, one certificate server, made when SNS is first called."""

from __future__ import annotations

import functools
import json
import logging
import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

from ministack.core.responses import request_scope
from ministack.services.cloudwatch_logs import _create_log_group as create_log_group
from ministack.services.cloudwatch_logs import _create_log_stream as create_log_stream
from ministack.services.cloudwatch_logs import _put_log_events as put_log_events
from ministack.services.sns import _deliver_to_sqs as deliver_to_sqs
from ministack.services.sns import _topics as topics

from local.emulated_clock import read_clock
from local.loopback import HOST
from local.sns import subscriptions
from local.sns.certificate_server import CertificateServer
from local.sns.clock import Action, RunningClock
from local.sns.dispatch import Dispatcher
from local.sns.engine import BehaviourOf, Delivery, DeliveryAttempt, DeliveryEngine, Verdict
from local.sns.journal import AttemptLog, choose_log_group, make_log_entry, wants_log_entry
from local.sns.messages import NOTIFICATION, Links, Scribe
from local.sns.policy_rules import parse_redrive_policy
from local.sns.settings import SnsSettings, read_settings, write_authority
from local.sns.signing import make_credentials
from local.sns.subscriptions import Subscription, Topic
from local.sns.transport import post

_DELIVERY_THREADS = 16
_LOG_STREAM = "local"

_log = logging.getLogger(__name__)
_making = threading.Lock()


def get_dispatcher() -> Dispatcher:
    """Return the emulator's dispatcher; the first call starts everything behind it."""
    with _making:
        return _make_dispatcher()


def find_topic(topic_arn: str) -> Topic | None:
    """Return a topic by its ARN, in any account and region."""
    parts = topic_arn.split(":")
    if len(parts) != 6:
        return None
    topic: Topic | None = topics.get_scoped(parts[4], parts[3], topic_arn)
    return topic


def find_subscription(subscription_arn: str) -> Subscription | None:
    """Return a subscription of an existing topic by its ARN, in any account and region."""
    topic = find_topic(subscription_arn.rpartition(":")[0])
    return None if topic is None else subscriptions.find(topic, subscription_arn)


def make_behaviour_of(settings: SnsSettings) -> BehaviourOf:
    """Return how SNS's switches are set for a delivery; the fault suite sets them for each order."""
    return lambda _: settings.behaviour


@functools.cache
def _make_dispatcher() -> Dispatcher:
    settings = read_settings(os.environ)
    credentials = make_credentials()
    server = CertificateServer(credentials)
    write_authority(settings.directory, server.origin, credentials.authority_pem)
    links = Links(call_origin=f"http://{HOST}:{os.environ['GATEWAY_PORT']}", certificate_origin=server.origin)
    attempt_log = AttemptLog(settings.delivery_log_path) if settings.delivery_log_path else None
    pool = ThreadPoolExecutor(_DELIVERY_THREADS, thread_name_prefix="sns-delivery")
    clock = RunningClock(read_clock())
    behaviour_of = make_behaviour_of(settings)
    engine = DeliveryEngine(
        clock=clock,
        transport=post,
        random=random.Random(),  # noqa: S311 - spreads retries
        run=lambda action: pool.submit(_run_logged, action),
        listener=_Recorder(attempt_log, behaviour_of),
        behaviour_of=behaviour_of,
    )
    return Dispatcher(
        scribe=Scribe(credentials.signer, links),
        engine=engine,
        clock=clock,
        find_subscription=find_subscription,
    )


def _run_logged(action: Action) -> None:
    try:
        action()
    except Exception:
        # A pool keeps exceptions to itself.
        _log.exception("an SNS delivery broke off")
        raise


class _Recorder:
    """Record attempts, and dead-letter what could not be delivered."""

    def __init__(self, attempt_log: AttemptLog | None, behaviour_of: BehaviourOf) -> None:
        self._attempt_log = attempt_log
        self._behaviour_of = behaviour_of
        self._random = random.Random()  # noqa: S311 - samples log entries

    def attempted(self, delivery: Delivery, attempt: DeliveryAttempt) -> None:
        # The dead letter first: an error below must not lose it.
        if attempt.verdict is Verdict.FAILED and delivery.message_type == NOTIFICATION:
            _send_to_dead_letter_queue(delivery)
        if self._attempt_log is not None:
            self._attempt_log.write(delivery, attempt)
        if wants_log_entry(delivery, attempt, self._behaviour_of(delivery)):
            self._log_delivery(delivery, attempt)

    def _log_delivery(self, delivery: Delivery, attempt: DeliveryAttempt) -> None:
        topic = find_topic(delivery.topic_arn)
        if topic is None:
            return
        group = choose_log_group(topic["attributes"], delivery, attempt, self._random)
        if not group:
            return
        entry = make_log_entry(delivery, attempt, self._behaviour_of(delivery))
        event = {
            "timestamp": round(attempt.finished_at * 1000),
            "message": json.dumps(entry, ensure_ascii=False),
        }
        stream = {"logGroupName": group, "logStreamName": _LOG_STREAM}
        with _scope_of(delivery.topic_arn):
            # Both calls answer with an error, and change nothing, where the thing is there already.
            create_log_group(stream)
            create_log_stream(stream)
            put_log_events({**stream, "logEvents": [event]})


def _send_to_dead_letter_queue(delivery: Delivery) -> None:
    subscription = find_subscription(delivery.subscription_arn)
    if subscription is None:
        return
    queue_arn = parse_redrive_policy(subscription["attributes"].get("RedrivePolicy", ""))
    if queue_arn is None:
        return
    body = delivery.body.decode()
    with _scope_of(delivery.topic_arn):
        deliver_to_sqs(
            queue_arn,
            body,
            raw=bool(delivery.raw_attributes),
            raw_message=body,
            message_attributes=dict(delivery.raw_attributes),
            topic_arn=delivery.topic_arn,
        )


def _scope_of(topic_arn: str) -> AbstractContextManager[None]:
    _, _, _, region, account, _ = topic_arn.split(":")
    scope: AbstractContextManager[None] = request_scope(account, region)
    return scope
