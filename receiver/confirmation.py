"""The handshake: a subscription becomes active when its owner visits the SubscribeURL."""

from __future__ import annotations

from .fetching import Fetch
from .refusals import TemporaryFailure, UntrustedMessage
from .sources import Source

# https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html#API_ConfirmSubscription_Errors
_REFUSED = {400, 403, 404}


def confirm(source: Source, fetch: Fetch) -> None:
    """Visit the URL that confirms a subscription.

    Raises TemporaryFailure when SNS cannot be reached or does not decide, UntrustedMessage when it refuses
    (a token is valid for two days).
    """
    try:
        reply = fetch(source)
    except OSError as error:
        raise TemporaryFailure(
            "confirmation_failed", f"SNS could not be reached to confirm: {error}."
        ) from error
    if reply.status == 200:
        return
    if reply.status in _REFUSED:
        raise UntrustedMessage("confirmation_refused", f"SNS refused the confirmation with {reply.status}.")
    raise TemporaryFailure("confirmation_failed", f"SNS answered the confirmation with {reply.status}.")
