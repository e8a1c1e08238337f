"""Genuine messages that are meant for another client, or confirm a webhook that is not expected."""

from __future__ import annotations

from receiver import Reply

from .cases import Case, case
from .signing import (
    CERTIFICATE_URL,
    HOOK_URL,
    confirmation,
    event_text,
    notification,
    signed,
    sns_certificate,
    subscribe_url,
)

_REPLIES: dict[str, Reply | None] = {
    CERTIFICATE_URL: Reply(200, sns_certificate()),
    subscribe_url(): Reply(200, b""),
}


def event_client_cases() -> list[Case]:
    """Events whose document names another client, or none."""
    others = {
        "of another client": "evil",
        "of nobody": ...,
        "of a client without a name": "",
        "of a client in capitals": "SHOP",
        "of a client with a longer name": "shop2",
        "of a client with a space": "shop ",
    }
    return [
        *(
            case(
                f"an event {name}",
                "client_not_allowed",
                signed(notification(Message=event_text(clientid=client_id))),
            )
            for name, client_id in others.items()
        ),
        *(
            case(
                f"event: clientid {value!r}",
                "not_cloudevents",
                signed(notification(Message=event_text(clientid=value))),
            )
            for value in (None, 7, ["shop"])
        ),
        case(
            "the client in an attribute that is not signed",
            "client_not_allowed",
            signed(notification(Message=event_text(clientid="evil")))
            | {"MessageAttributes": {"client_id": {"Type": "String", "Value": "shop"}}},
        ),
        case(
            "an event of a client with another name",
            "event",
            signed(notification(Message=event_text(clientid="123456789012:role/Shop"))),
            client_id="123456789012:role/Shop",
        ),
    ]


def webhook_cases() -> list[Case]:
    """Handshakes of this webhook, in every spelling of its URL, and of somebody else's."""
    expected = {
        "by a full URL": "https://shop.example/hooks/orders?webhook_id=wh_1",
        "with another parameter": "/hooks/orders?tenant=1&webhook_id=wh_1",
        "percent-encoded": "/hooks/orders?webhook%5Fid=wh%5f1",
        "before a fragment": "/hooks/orders?webhook_id=wh_1#part",
        "among others": "/hooks/orders?WEBHOOK_ID=x&webhook-id=y&webhook_id=wh_1",
    }
    unexpected = {
        "of another webhook": "/hooks/orders?webhook_id=wh_2",
        "in capitals": "/hooks/orders?webhook_id=WH_1",
        "with a space": "/hooks/orders?webhook_id=wh_1%20",
        "with a semicolon": "/hooks/orders?webhook_id=wh_2;webhook_id=wh_1",
        "with two question marks": "/hooks?webhook_id=wh_2?webhook_id=wh_1",
    }
    ambiguous = {
        "of no webhook": "/hooks/orders",
        "of an empty query": "/hooks/orders?",
        "of a webhook without an ID": "/hooks/orders?webhook_id=",
        "of a webhook without a value": "/hooks/orders?webhook_id",
        "with the ID as a path": "/hooks/webhook_id=wh_1",
        "with the ID in the fragment": "/hooks/orders#?webhook_id=wh_1",
        "with another name": "/hooks/orders??webhook_id=wh_1",
        "of two webhooks": "/hooks/orders?webhook_id=wh_2&webhook_id=wh_1",
        "of two webhooks, the other one last": "/hooks/orders?webhook_id=wh_1&webhook_id=wh_2",
        "of two webhooks, one encoded": "/hooks/orders?webhook%5Fid=wh_1&webhook_id=wh_2",
        "of one webhook twice": "/hooks/orders?webhook_id=wh_1&webhook_id=wh_1",
    }
    outcomes = {"confirmed": expected, "webhook_not_expected": unexpected, "webhook_id": ambiguous}
    return [
        *(
            case(
                f"a handshake {name}",
                outcome,
                signed(confirmation()),
                url=url,
                replies=_REPLIES,
                visits=[CERTIFICATE_URL, *([subscribe_url()] if outcome == "confirmed" else [])],
            )
            for outcome, urls in outcomes.items()
            for name, url in urls.items()
        ),
        case(
            "a handshake of the second webhook",
            "confirmed",
            signed(confirmation()),
            url="/?webhook_id=wh_2",
            webhook_ids=("wh_1", "wh_2"),
            replies=_REPLIES,
        ),
        # The client in the document decides; the URL is not signed.
        case("an event at a URL without the ID", "event", signed(notification()), url="/hooks/orders"),
        case(
            "an end of another webhook",
            "unsubscribed",
            signed(confirmation(Type="UnsubscribeConfirmation")),
            url=HOOK_URL.replace("wh_1", "wh_2"),
        ),
    ]
