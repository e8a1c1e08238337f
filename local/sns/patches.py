"""SNS's HTTP(S) delivery, instead of MiniStack's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.patches.patch import Patch
from local.sns import api_request, fanout, publish_calls, subscription_calls, topic_calls


def _patch(attribute: str, source_sha256: str, replacement: Callable[..., Any], fault: str) -> Patch:
    return Patch(
        fault=fault,
        module="ministack.services.sns",
        attribute=attribute,
        source_sha256=source_sha256,
        replacement=replacement,
    )


PATCHES = (
    _patch(
        "_fanout",
        "984cdd91d64aa056a4049ec5df248bfee3e5bebcabbc65269f737ba40bf6bb86",
        fanout.fan_out,
        "A message is posted to an HTTP endpoint once, unsigned and nearly without headers. SNS signs it, "
        "retries it by the delivery policy, keeps to the throttle and saves it in the dead-letter queue.",
    ),
    _patch(
        "handle_request",
        "a6cb34ecce860f66b656cc556ad59c8c7de1c783a30262652cdb9603164b7fdf",
        api_request.handle_request,
        "The functions of ConfirmSubscription and Unsubscribe cannot see whether a request is signed.",
    ),
    _patch(
        "_error",
        "862fe92306ca5dad80e5e715c43d6207229fc7fc783017ccd87d64449e6d1f3e",
        api_request.answer_error,
        "Errors have codes and texts of MiniStack's own.",
    ),
    _patch(
        "_get_topic",
        "22e9d7ebd853d3325c7e3589c895736c4b8981a3170483b47d61293b6ba9a5b7",
        topic_calls.get_topic,
        "A text that is no ARN, or a topic of another region, is a topic that does not exist. SNS refuses it "
        "as an invalid parameter.",
    ),
    _patch(
        "_publish",
        "df41cb2faa099b60a1ca1ba517da074faf936706c39c723ffa180a11adb45780",
        publish_calls.publish,
        "An empty message is published. SNS refuses it.",
    ),
    _patch(
        "_subscribe",
        "db260c543268f95325430f30a65e3702434d897d7fc2f4d7b7faaa8962257bc1",
        subscription_calls.subscribe,
        "Any protocol and attribute is taken, ReturnSubscriptionArn and differing attributes are ignored, an "
        "unconfirmed endpoint gets no second request to confirm, and SubscriptionPrincipal is missing.",
    ),
    _patch(
        "_confirm_subscription",
        "9cbdb0a3a4dce2093b07ed80fc32cc598961e5ce6915e4700321973a432c9203",
        subscription_calls.confirm_subscription,
        "Tokens live for ever and work once. SNS's tokens live two days and may be used again.",
    ),
    _patch(
        "_unsubscribe",
        "07cdcd2f8e219f36efb11be2130004cd384af1f9befd087a0f4275a1545dda5c",
        subscription_calls.unsubscribe,
        "An unconfirmed subscription can be deleted, and the endpoint gets no UnsubscribeConfirmation.",
    ),
    _patch(
        "_list_subscriptions_by_topic",
        "02119f3da93568ca57215d4efebc526f210446932b4a0bff219ec383880daa9c",
        subscription_calls.list_subscriptions_by_topic,
        "An unconfirmed subscription is listed with its ARN. SNS says PendingConfirmation.",
    ),
    _patch(
        "_get_subscription_attributes",
        "22996c3633ca2e6f87c0d8defcf6a0656ddf046020ae65c67aac57b23f04e941",
        subscription_calls.get_subscription_attributes,
        "A filter policy's scope is missing.",
    ),
    _patch(
        "_set_subscription_attributes",
        "d98a75e054532f5847943d4778db630ec592c0e626a7575a4e1b1134ee8d6e55",
        subscription_calls.set_subscription_attributes,
        "Any value is taken and returned as it was given. SNS refuses what breaks its rules, and completes "
        "a delivery policy.",
    ),
    _patch(
        "_create_topic",
        "54ac305cd220d73fa67260e46574f9fbd30f55f883dce020a64a6c0aadbeeb5f",
        topic_calls.create_topic,
        "Any name and attribute is taken. SNS refuses what breaks its rules.",
    ),
    _patch(
        "_set_topic_attributes",
        "9565723b04fa6b98efae6553d604f8db19613c38d80146da2a957471c862748e",
        topic_calls.set_topic_attributes,
        "Any attribute is taken. SNS refuses what breaks its rules.",
    ),
)
