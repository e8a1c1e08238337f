"""Why a webhook's subscription is not confirmed, as far as the service can know.

SNS posts the SubscriptionConfirmation itself and does not report what the endpoint answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from functions.domain.instant import timestamp
from functions.domain.pending_subscription import PendingSubscription

# https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
RETRIED_FOR = timedelta(hours=1)
_AGAIN = "Register the URL again to have another one sent."


def host_problem(url: str, resolve: Callable[[str], Iterable[str]]) -> str:
    """Return what is wrong with a URL's host at this moment, "" where it leads to an address.

    `resolve` raises OSError for a host that has none, and TimeoutError for a lookup that takes too long.
    """
    host = urlsplit(url).hostname or ""
    try:
        found = bool(list(resolve(host)))
    except TimeoutError:
        return f"has the host {host}, whose lookup in DNS did not finish in time, so SNS may not reach it"
    except (OSError, UnicodeError):
        found = False
    return "" if found else f"has the host {host}, which DNS does not resolve, so SNS cannot reach it"


def explain_handshake(
    subscription_arn: str | None, pending: PendingSubscription | None, now: datetime, *, problem: str = ""
) -> str:
    """Return why nothing was confirmed; `problem` is what is wrong with the URL now, such as its host name.

    `pending` is missing for webhooks of the settings, and once SNS has deleted the subscription.
    """
    if subscription_arn is None:
        return f"SNS was not asked to send a SubscriptionConfirmation: the registration was cut off. {_AGAIN}"
    found = f"The URL {problem}. " if problem else ""
    if pending is None:
        return (
            f"{found}SNS has sent a SubscriptionConfirmation, and nobody has visited its SubscribeURL. "
            f"{_AGAIN}"
        )
    requested_at = datetime.fromisoformat(pending.requested_at)
    sent = f"{found}SNS was asked at {timestamp(requested_at)} to send a SubscriptionConfirmation"
    if pending.is_expired(now):
        return (
            f"{sent}; nobody visited its SubscribeURL within 48 hours, so SNS has deleted the subscription. "
            f"{_AGAIN}"
        )
    if now - requested_at < RETRIED_FOR:
        return (
            f"{sent}, and waits for your server to visit its SubscribeURL. SNS retries for up to an hour; "
            "register the URL again to have another one sent."
        )
    return (
        f"{sent}; nobody has visited its SubscribeURL, and SNS retries for an hour at most: your server did "
        "not answer, answered with an error, or did not visit the SubscribeURL, for example because it "
        f"expects another webhook_id, client or topic. {_AGAIN}"
    )
