"""What SNS puts into a dead-letter queue."""

from __future__ import annotations

import json

SUBSCRIPTION_ARN = "arn:aws:sns:eu-west-1:123456789012:order-events:sub-1"


def envelope(
    *,
    subscription_arn: str = SUBSCRIPTION_ARN,
    client_id: str = "shop",
    event_id: str = "event-1",
    event_type: str = "order.paid",
) -> str:
    """The body that a webhook should have got."""
    attributes = {"client_id": client_id, "event_type": event_type, "audience": "all"}
    event = {
        "specversion": "1.0",
        "id": event_id,
        "type": event_type,
        "subject": "req-1",
        "time": "2025-11-25T09:29:00.000Z",
        "data": {},
    }
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": "sns-message-1",
            "TopicArn": "arn:aws:sns:eu-west-1:123456789012:order-events",
            "Message": json.dumps(event),
            "Timestamp": "2025-11-25T09:30:00.000Z",
            "SignatureVersion": "2",
            "Signature": "x",
            "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem",
            "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe"
            f"&SubscriptionArn={subscription_arn}",
            "MessageAttributes": {
                name: {"Type": "String", "Value": value} for name, value in attributes.items()
            },
        }
    )
