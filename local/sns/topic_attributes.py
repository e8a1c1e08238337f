"""What SNS takes as a topic's attributes, and how it returns them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from local.sns.errors import invalid_parameter
from local.sns.policy_rules import parse_topic_policy, read_back_topic_policy

# https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo")
_FEEDBACK = frozenset(
    f"{protocol}{attribute}"
    for protocol in ("Application", "Firehose", "HTTP", "Lambda", "SQS")
    for attribute in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
)
# https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
_SETTABLE = _FEEDBACK | {
    "ArchivePolicy",
    "ContentBasedDeduplication",
    "DeliveryPolicy",
    "DisplayName",
    "FifoThroughputScope",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "Policy",
    "SignatureVersion",
    "TracingConfig",
}
_CREATION_ONLY = frozenset({"FifoTopic", "DataProtectionPolicy"})


def check_new_topic(name: str, attributes: Mapping[str, str]) -> None:
    """Raise SnsError unless SNS takes this name and these attributes for a new topic."""
    if not _NAME.fullmatch(name):
        raise invalid_parameter("Topic Name")
    for attribute, value in attributes.items():
        if attribute not in _CREATION_ONLY:
            store_topic_attribute(attribute, value)


def check_same_topic(existing: Mapping[str, str], attributes: Mapping[str, str]) -> None:
    """Raise SnsError if a topic that exists already has other attributes."""
    for attribute, value in attributes.items():
        stored = value if attribute in _CREATION_ONLY else store_topic_attribute(attribute, value)
        if existing.get(attribute, "") != stored:
            raise invalid_parameter("Attributes Reason: Topic already exists with different attributes")


def store_topic_attribute(name: str, value: str) -> str:
    """Return an attribute's text as SNS keeps it, "" where it removes the attribute.

    Raise SnsError if SNS refuses the attribute.
    """
    if name not in _SETTABLE:
        raise invalid_parameter("AttributeName")
    if name == "SignatureVersion" and value not in {"1", "2"}:
        raise invalid_parameter("SignatureVersion")
    if name == "DeliveryPolicy":
        policy = parse_topic_policy(value)
        return json.dumps(read_back_topic_policy(policy)) if policy is not None else ""
    return value
