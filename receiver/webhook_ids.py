"""Which webhooks' subscriptions a receiver confirms.

Anybody who is a client of the service can register your URL under a name of their own. The `webhook_id`
that the service adds to the URL distinguishes your registration from theirs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import parse_qsl

from .refusals import UntrustedMessage

PARAMETER = "webhook_id"
# SNS waits 15 s for the answer, and visiting the SubscribeURL needs time too.
_WAIT_SECONDS = 2.0


def webhook_id_in(url: str) -> str:
    """Return the webhook's ID from a request's URL, or from its path and query.

    Raises UntrustedMessage with code `webhook_id` unless it occurs exactly once.
    """
    query = url.partition("#")[0].partition("?")[2]
    found = [value for name, value in parse_qsl(query, keep_blank_values=True) if name == PARAMETER]
    if len(found) != 1 or not found[0]:
        raise UntrustedMessage(
            "webhook_id",
            f"The request's URL has {PARAMETER} {len(found)} times, not once: pass it with its query.",
        )
    return found[0]


def webhook_ids_in(path: Path | str) -> Callable[[str], bool]:
    """Expect the webhooks whose IDs are in a file, one a line.

    The file is read for each handshake, and made where it is missing.
    """
    path = Path(path)
    path.touch()
    # Windows' editors and shells begin a file with a byte order mark.
    return lambda webhook_id: webhook_id in path.read_text(encoding="utf-8-sig").split()


class WebhookIds:
    """Hold expected webhook IDs, thread-safe; add one as soon as `POST /webhooks` has returned it.

    The handshake may come before that response. It then waits for the ID a few seconds, after which it is
    answered with a 503 and SNS repeats it.
    """

    def __init__(self, webhook_ids: Iterable[str] = (), *, wait_seconds: float = _WAIT_SECONDS) -> None:
        if isinstance(webhook_ids, str):
            # Each of its letters would be an ID.
            raise TypeError('webhook_ids is a list or a set of webhook IDs, such as WebhookIds(["wh_…"])')
        self._ids: set[str] = set()
        self._wait_seconds = wait_seconds
        self._changed = threading.Condition()
        for each in webhook_ids:
            self.add(each)

    def add(self, webhook_id: str) -> None:
        """Expect one more webhook."""
        if not isinstance(webhook_id, str) or not webhook_id:
            raise ValueError("a webhook ID is text, such as wh_…")
        with self._changed:
            self._ids.add(webhook_id)
            self._changed.notify_all()

    def discard(self, webhook_id: str) -> None:
        """Expect a webhook no longer."""
        with self._changed:
            self._ids.discard(webhook_id)

    def __call__(self, webhook_id: str) -> bool:
        """Say whether a webhook is expected."""
        with self._changed:
            return self._changed.wait_for(lambda: webhook_id in self._ids, self._wait_seconds)
