"""How the screen names webhooks and shows delivery attempts."""

from __future__ import annotations

import re
import threading
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from local.attempts import LoggedAttempt

_LONGEST_ANSWER = 200
_ERROR_NAME = re.compile(r"^\w+: (\[Errno \d+\] )?")
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


class WebhookLabels:
    """Short names of webhooks: their client or hook, with the port, such as `shop :9001`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._labels: dict[str, str] = {}

    def add(self, url: str, name: str) -> None:
        """Name a webhook's URL; where the short name is in use, the path is part of it."""
        url = url.partition("?")[0]
        parts = urlsplit(url)
        host = "" if parts.hostname in _LOCAL_HOSTS else parts.hostname or ""
        short = f"{name} {host}" + (f":{parts.port}" if parts.port else "")
        with self._lock:
            taken = {label for known, label in self._labels.items() if known != url}
            self._labels[url] = f"{short}{parts.path}" if short in taken else short

    def of(self, url: str) -> str:
        """Return a webhook's name, or its URL where it has none: another program has registered it."""
        with self._lock:
            return self._labels.get(url, url)


def describe_attempt(attempt: LoggedAttempt, label: str, *, publication: int, redeliveries: int) -> str:
    """Return one line: time, order, webhook, which attempt of how many, the answer, and what follows.

    `publication` counts the earlier publications of the event to this webhook, `redeliveries` how many the
    stack's schedule has.
    """
    what = "handshake" if attempt.is_handshake else attempt.reference or attempt.event_type
    again = f"redelivery {publication}, " if publication and not attempt.is_handshake else ""
    count = f"{again}attempt {attempt.number} of {attempt.planned}"
    # Of `ConnectionRefusedError: [Errno 111] Connection refused` the end is enough.
    answer = attempt.status or _ERROR_NAME.sub("", attempt.response)
    sequel = _sequel(attempt, more=publication < redeliveries)
    return f"{clock(attempt.at)}  {what} → {label}  {count}: {answer}{sequel}"


def answer_text(attempt: LoggedAttempt) -> str:
    """Return what a webhook answered beside the status, in one short line, or ""."""
    if attempt.status is None:
        return ""
    text = " ".join(attempt.response.split())
    if not text or text == _phrase(attempt.status):
        return ""
    shortened = text if len(text) <= _LONGEST_ANSWER else f"{text[: _LONGEST_ANSWER - 1]}…"
    return ascii(shortened)[1:-1] if not shortened.isprintable() else shortened


def clock(moment: datetime) -> str:
    """Return a moment as the machine's clock shows it."""
    return moment.astimezone().strftime("%H:%M:%S")


def _sequel(attempt: LoggedAttempt, *, more: bool) -> str:
    if attempt.succeeded:
        return ""
    if attempt.next_at is not None:
        return f", next at {clock(attempt.next_at)}"
    if attempt.verdict == "delivered":
        return ", which SNS counts as delivered"
    if attempt.verdict == "rejected":
        return ", the last; no dead letter"
    if attempt.is_handshake:
        return ", the last: register it again"
    return ", SNS stops; redelivery follows" if more else ", SNS stops"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
