"""Receivers that the user runs: registered as soon as they answer, and again until they confirm it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from local.api_calls import JourneyError, register
from local.laptop_options import OwnWebhook
from local.screen import Screen, quoted
from local.sns.errors import SnsError
from local.sns.reachability import check_reachable

# The names that the receivers of examples/receivers/ read: docs/clients.md.
TRUST = "receiver.json"
WEBHOOK_IDS = "webhook-ids.txt"
_POLL_SECONDS = 0.5
# The API has an unconfirmed webhook's handshake sent again once a minute.
_AGAIN_SECONDS = 65.0


class OwnWebhooks:
    """Registers receivers, each when it takes connections, since SNS subscribes no other.

    A receiver can only start once `folder` has what it must trust, so it may come after everything else.
    One that runs with the files of an earlier run refuses the handshake, and is registered again: it may have
    been restarted. `is_refused` says of a URL whether its handshake was refused for good.
    """

    def __init__(
        self, api_endpoint: str, folder: Path, screen: Screen, is_refused: Callable[[str], bool]
    ) -> None:
        self._api_endpoint = api_endpoint
        self._folder = folder
        self._screen = screen
        self._is_refused = is_refused
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        # IDs of another run, whose webhooks do not exist any more.
        (folder / WEBHOOK_IDS).write_text("", encoding="utf-8")

    def register(self, webhook: OwnWebhook) -> None:
        """Register a receiver if it answers; a thread does what remains."""
        answers = _answers(webhook.url)
        if answers:
            self._register_now(webhook)
        else:
            self._screen.warn(
                "Webhook",
                f"waiting for {webhook.url}\n"
                f"start it now: {TRUST} and {WEBHOOK_IDS} are in {quoted(self._folder)}",
            )
        registered_at = time.monotonic() if answers else None
        thread = threading.Thread(
            target=self._follow, args=[webhook, registered_at], name=webhook.url, daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """Wait for no receiver any longer."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _follow(self, webhook: OwnWebhook, registered_at: float | None) -> None:
        while not self._stopped.wait(_POLL_SECONDS):
            if self._is_due(webhook, registered_at) and _answers(webhook.url):
                self._register_now(webhook)
                registered_at = time.monotonic()

    def _is_due(self, webhook: OwnWebhook, registered_at: float | None) -> bool:
        if registered_at is None:
            return True
        is_time = time.monotonic() - registered_at >= _AGAIN_SECONDS
        return is_time and self._is_refused(webhook.url.partition("?")[0])

    def _register_now(self, webhook: OwnWebhook) -> None:
        try:
            webhook_id = register(self._api_endpoint, webhook.url, webhook.client_id)
        except JourneyError as error:
            self._screen.warn("Webhook", str(error))
            return
        file = self._folder / WEBHOOK_IDS
        known = file.read_text(encoding="utf-8")
        if webhook_id in known.split():
            self._screen.done("Webhook", f"{webhook.url} is asked again to confirm")
            return
        # The handshake may come before this; the kits then answer 503, and SNS repeats it.
        file.write_text(f"{known}{webhook_id}\n", encoding="utf-8")
        self._screen.done("Webhook", f"{webhook.url} of {webhook.client_id}\nhas the ID {webhook_id}")


def _answers(url: str) -> bool:
    try:
        check_reachable(url)
    except SnsError:
        return False
    return True
