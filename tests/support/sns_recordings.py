"""What AWS answers, as recorded: the calls, and the codes and texts of the errors.

From the snapshots that LocalStack's own tests recorded on AWS in 2023 to 2025
(`test_sns.snapshot.json` and `test_sns_filter_policy.snapshot.json` in `tests/aws/services/sns`).
`{topic}` and `{subscription}` stand for the ARNs of a topic and of a pending HTTP subscription of it,
`{name}` for the topic's name, `{endpoint}` for the URL. Where AWS adds the position of a fault in JSON on a
second line, only the first line is here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

UNKNOWN_TOKEN = "51b2ff3edb475b7d91550e0ab6edf0c1de2a34e6" * 7


@dataclass(frozen=True)
class Refused:
    """One call that AWS refuses."""

    name: str
    method: str
    arguments: Mapping[str, Any]
    code: str
    text: str
    status: int = 400


def _subscribe(name: str, text: str, **arguments: Any) -> Refused:
    usual = {"TopicArn": "{topic}", "Protocol": "http", "Endpoint": "{endpoint}"}
    return Refused(name, "subscribe", {**usual, **arguments}, "InvalidParameter", text)


def _set(name: str, attribute: str, value: str, text: str) -> Refused:
    arguments = {"SubscriptionArn": "{subscription}", "AttributeName": attribute, "AttributeValue": value}
    return Refused(name, "set_subscription_attributes", arguments, "InvalidParameter", text)


def _filter(name: str, policy: object, reason: str, scope: str = "MessageAttributes") -> Refused:
    attributes = {"FilterPolicy": json.dumps(policy), "FilterPolicyScope": scope}
    text = f"Invalid parameter: Attributes Reason: FilterPolicy: {reason}"
    return _subscribe(f"filter: {name}", text, Attributes=attributes)


_SHORT = "Reason: An ARN must have at least 6 elements, not"

REFUSED = [
    Refused(
        "topic attributes of a text that is no ARN",
        "get_topic_attributes",
        {"TopicArn": "randomstring"},
        "InvalidParameter",
        f"Invalid parameter: TopicArn {_SHORT} 1",
    ),
    Refused(
        "attributes of an unknown topic",
        "get_topic_attributes",
        {"TopicArn": "{topic}-none"},
        "NotFound",
        "Topic does not exist",
        404,
    ),
    Refused(
        "a topic of another region",
        "get_topic_attributes",
        {"TopicArn": "arn:aws:sns:eu-north-1:000000000000:topic"},
        "InvalidParameter",
        "Invalid parameter: TopicArn",
    ),
    Refused(
        "publishing to a text that is no ARN",
        "publish",
        {"TopicArn": "randomstring", "Message": "x"},
        "InvalidParameter",
        f"Invalid parameter: TopicArn {_SHORT} 1",
    ),
    Refused(
        "publishing to half an ARN",
        "publish",
        {"TopicArn": "randomstring:1", "Message": "x"},
        "InvalidParameter",
        f"Invalid parameter: TopicArn {_SHORT} 2",
    ),
    Refused(
        "publishing to nothing",
        "publish",
        {"TopicArn": "", "Message": "x"},
        "InvalidParameter",
        f"Invalid parameter: TopicArn {_SHORT} 1",
    ),
    Refused(
        "publishing to an unknown topic",
        "publish",
        {"TopicArn": "{topic}-none", "Message": "x"},
        "NotFound",
        "Topic does not exist",
        404,
    ),
    Refused(
        "publishing nothing",
        "publish",
        {"TopicArn": "{topic}", "Message": ""},
        "InvalidParameter",
        "Invalid parameter: Empty message",
    ),
    Refused(
        "publishing too much",
        "publish",
        {"TopicArn": "{topic}", "Message": "x" * (256 * 1024 + 1)},
        "InvalidParameter",
        "Invalid parameter: Message too long",
    ),
    Refused(
        "two entries with one ID",
        "publish_batch",
        {"TopicArn": "{topic}", "PublishBatchRequestEntries": 2 * [{"Id": "1", "Message": "x"}]},
        "BatchEntryIdsNotDistinct",
        "Two or more batch entries in the request have the same Id.",
    ),
    Refused(
        "eleven entries",
        "publish_batch",
        {
            "TopicArn": "{topic}",
            "PublishBatchRequestEntries": [{"Id": str(one), "Message": "x"} for one in range(11)],
        },
        "TooManyEntriesInBatchRequest",
        "The batch request contains more entries than permissible.",
    ),
    Refused(
        "a topic's name",
        "create_topic",
        {"Name": "a+b"},
        "InvalidParameter",
        "Invalid parameter: Topic Name",
    ),
    Refused(
        "a topic that has other attributes",
        "create_topic",
        {"Name": "{name}", "Attributes": {"DisplayName": "other"}},
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
    ),
    Refused(
        "FifoTopic after creation",
        "set_topic_attributes",
        {"TopicArn": "{topic}", "AttributeName": "FifoTopic", "AttributeValue": "false"},
        "InvalidParameter",
        "Invalid parameter: AttributeName",
    ),
    _subscribe(
        "subscribing to a text that is no ARN",
        f"Invalid parameter: TopicArn {_SHORT} 1",
        TopicArn="randomstring",
    ),
    _subscribe(
        "subscribing to half an ARN",
        f"Invalid parameter: TopicArn {_SHORT} 5",
        TopicArn="arn:aws:sns:us-east-1:random",
    ),
    Refused(
        "subscribing to an unknown topic",
        "subscribe",
        {"TopicArn": "{topic}aaa", "Protocol": "http", "Endpoint": "{endpoint}"},
        "NotFound",
        "Topic does not exist",
        404,
    ),
    _subscribe(
        "an unknown protocol",
        "Invalid parameter: Amazon SNS does not support this protocol string: test-protocol",
        Protocol="test-protocol",
    ),
    _subscribe(
        "a queue's URL",
        "Invalid parameter: SQS endpoint ARN",
        Protocol="sqs",
        Endpoint="http://127.0.0.1/000000000000/queue",
    ),
    _subscribe(
        "a wrong RawMessageDelivery",
        "Invalid parameter: Attributes Reason: RawMessageDelivery: Invalid value [wrongvalue]. "
        "Must be true or false.",
        Attributes={
            "RawMessageDelivery": "wrongvalue",
            "FilterPolicyScope": "MessageBody",
            "FilterPolicy": "",
        },
    ),
    _subscribe(
        "other attributes than before",
        "Invalid parameter: Attributes Reason: Subscription already exists with different attributes",
        Attributes={"RawMessageDelivery": "true"},
    ),
    _subscribe(
        "a filter policy that is not JSON",
        "Invalid parameter: Attributes Reason: FilterPolicy: failed to parse JSON. Unrecognized token "
        "'invalid': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        Attributes={"FilterPolicy": "invalid-json"},
    ),
    _set("an unknown attribute", "FakeAttribute", "test-value", "Invalid parameter: AttributeName"),
    _set(
        "setting a wrong RawMessageDelivery",
        "RawMessageDelivery",
        "test-ValUe",
        "Invalid parameter: RawMessageDelivery: Invalid value [test-ValUe]. Must be true or false.",
    ),
    _set(
        "setting an empty RawMessageDelivery",
        "RawMessageDelivery",
        "",
        "Invalid parameter: RawMessageDelivery: Invalid value []. Must be true or false.",
    ),
    _set(
        "a dead-letter queue that is no ARN",
        "RedrivePolicy",
        '{"deadLetterTargetArn": "fake-arn"}',
        "Invalid parameter: RedrivePolicy: deadLetterTargetArn is an invalid arn",
    ),
    _set(
        "a redrive policy that is not JSON",
        "RedrivePolicy",
        "{invalidjson}",
        "Invalid parameter: RedrivePolicy: failed to parse JSON. Unexpected character ('i' (code 105)): "
        "was expecting double-quote to start field name",
    ),
    _set(
        "setting a filter policy that is not JSON",
        "FilterPolicy",
        "{invalidjson}",
        "Invalid parameter: FilterPolicy: failed to parse JSON. Unexpected character ('i' (code 105)): "
        "was expecting double-quote to start field name",
    ),
    _set(
        "setting a filter policy without a list",
        "FilterPolicy",
        '{"key_a": "value_one"}',
        'Invalid parameter: FilterPolicy: "key_a" must be an object or an array',
    ),
    _set(
        "setting a nested filter policy for attributes",
        "FilterPolicy",
        '{"object": {"key": [{"prefix": "auto-"}]}}',
        "Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy",
    ),
    _set(
        "a wrong scope",
        "FilterPolicyScope",
        "RandomValue",
        "Invalid parameter: FilterPolicyScope: Invalid value [RandomValue]. "
        "Please use either MessageBody or MessageAttributes",
    ),
    Refused(
        "attributes of an unknown subscription",
        "get_subscription_attributes",
        {"SubscriptionArn": "{subscription}0"},
        "NotFound",
        "Subscription does not exist",
        404,
    ),
    Refused(
        "setting attributes of an unknown subscription",
        "set_subscription_attributes",
        {
            "SubscriptionArn": "{subscription}0",
            "AttributeName": "RawMessageDelivery",
            "AttributeValue": "true",
        },
        "NotFound",
        "Subscription does not exist",
        404,
    ),
    Refused(
        "confirming with a text that is no token",
        "confirm_subscription",
        {"TopicArn": "{topic}", "Token": "randomtoken"},
        "InvalidParameter",
        "Invalid token",
    ),
    Refused(
        "confirming with an unknown token",
        "confirm_subscription",
        {"TopicArn": "{topic}", "Token": UNKNOWN_TOKEN},
        "InvalidParameter",
        "Invalid parameter: Token",
    ),
    Refused(
        "confirming for an unknown topic",
        "confirm_subscription",
        {"TopicArn": "{topic}i", "Token": UNKNOWN_TOKEN},
        "InvalidParameter",
        "Invalid parameter: Token",
    ),
    Refused(
        "unsubscribing a text that is no ARN",
        "unsubscribe",
        {"SubscriptionArn": "randomstring"},
        "InvalidParameter",
        f"Invalid parameter: SubscriptionArn {_SHORT} 1",
    ),
    Refused(
        "unsubscribing half an ARN",
        "unsubscribe",
        {"SubscriptionArn": "arn:aws:sns:us-east-1:random"},
        "InvalidParameter",
        f"Invalid parameter: SubscriptionArn {_SHORT} 5",
    ),
    Refused(
        "unsubscribing a topic",
        "unsubscribe",
        {"SubscriptionArn": "arn:aws:sns:us-east-1:111111111111:random"},
        "InvalidParameter",
        "Invalid parameter: SubscriptionId",
    ),
    Refused(
        "unsubscribing nothing",
        "unsubscribe",
        {"SubscriptionArn": ""},
        "InvalidParameter",
        "Invalid parameter: SubscriptionArn Reason: no value for required parameter",
    ),
    _filter(
        "a list in a list", {"key": [["value"]]}, "Match value must be String, number, true, false, or null"
    ),
    _filter(
        "an unknown operator", {"key": [{"wrong-operator": True}]}, "Unrecognized match type wrong-operator"
    ),
    _filter(
        "two operators",
        {"key": [{"suffix": "value", "prefix": "value2"}]},
        "Only one key allowed in match expression",
    ),
    _filter("an empty list", {"key": []}, "Empty arrays are not allowed"),
    _filter("a number as suffix", {"key": [{"suffix": 100}]}, "suffix match pattern must be a string"),
    _filter("an object", {"key": {"suffix": "value"}}, '"suffix" must be an object or an array'),
    _filter(
        "exists without a flag",
        {"key": [{"exists": "no"}]},
        "exists match pattern must be either true or false.",
    ),
    _filter(
        "six keys",
        {f"key{one}": ["value"] for one in range(6)},
        "Filter policy can not have more than 5 keys",
    ),
    _filter(
        "151 combinations",
        {"key": [f"value{one}" for one in range(151)]},
        "Filter policy is too complex",
    ),
]

# What opening a wrong SubscribeURL answers: its topic, its token, and the text.
REFUSED_SUBSCRIBE_URLS = [
    ("not-an-arn", UNKNOWN_TOKEN, "Invalid parameter: Topic"),
    ("{topic}", "abc123", "Invalid parameter: Token"),
]

_LINEAR = {
    "numMaxDelayRetries": 0,
    "numNoDelayRetries": 0,
    "numMinDelayRetries": 0,
    "backoffFunction": "linear",
}

# A delivery policy that is set, and the one that is read.
SUBSCRIPTION_POLICIES = [
    (
        {"requestPolicy": {"headerContentType": "text/csv"}},
        {
            "healthyRetryPolicy": None,
            "sicklyRetryPolicy": None,
            "throttlePolicy": None,
            "requestPolicy": {"headerContentType": "text/csv"},
            "guaranteed": False,
        },
    ),
    (
        {
            "healthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": 0},
            "throttlePolicy": {"maxReceivesPerSecond": 1000},
        },
        {
            "healthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": 0, **_LINEAR},
            "sicklyRetryPolicy": None,
            "throttlePolicy": {"maxReceivesPerSecond": 1000},
            "requestPolicy": None,
            "guaranteed": False,
        },
    ),
]
TOPIC_POLICIES = [
    (
        {"http": {"defaultRequestPolicy": {"headerContentType": "application/json"}}},
        {
            "http": {
                "disableSubscriptionOverrides": False,
                "defaultRequestPolicy": {"headerContentType": "application/json"},
            }
        },
    ),
    (
        {"http": {"defaultHealthyRetryPolicy": {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1}}},
        {
            "http": {
                "defaultHealthyRetryPolicy": {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1},
                "disableSubscriptionOverrides": False,
            }
        },
    ),
    ({"http": {"defaultHealthyRetryPolicy": None}}, {"http": {"disableSubscriptionOverrides": False}}),
]
