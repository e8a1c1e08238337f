"""Receivers that the user runs: what they must trust, and their registration as soon as they answer."""

from __future__ import annotations

import threading
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


class OwnWebhooks:
    """Registers receivers, each when it takes connections, since SNS subscribes no other.

    A receiver can only start once `folder` has what it must trust, so it may come after everything else.
    """

    def __init__(self, api_endpoint: str, folder: Path, screen: Screen) -> None:
        self._api_endpoint = api_endpoint
        self._folder = folder
        self._screen = screen
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        # IDs of another run, whose webhooks do not exist any more.
        (folder / WEBHOOK_IDS).write_text("", encoding="utf-8")

    def register(self, webhook: OwnWebhook) -> None:
        """Register a receiver that answers; wait for another in a thread."""
        if _answers(webhook.url):
            self._register_now(webhook)
            return
        self._screen.warn(
            "Webhook",
            f"waiting for {webhook.url}\n"
            f"start it now: {TRUST} and {WEBHOOK_IDS} are in {quoted(self._folder)}",
        )
        thread = threading.Thread(target=self._register_later, args=[webhook], name=webhook.url, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """Wait for no receiver any longer."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _register_later(self, webhook: OwnWebhook) -> None:
        while not self._stopped.wait(_POLL_SECONDS):
            if _answers(webhook.url):
                self._register_now(webhook)
                return

    def _register_now(self, webhook: OwnWebhook) -> None:
        try:
            webhook_id = register(self._api_endpoint, webhook.url, webhook.client_id)
        except JourneyError as error:
            self._screen.warn("Webhook", str(error))
            return
        # The handshake may come before this; the kits then answer 503, and SNS repeats it.
        with (self._folder / WEBHOOK_IDS).open("a", encoding="utf-8") as file:
            file.write(f"{webhook_id}\n")
        self._screen.done("Webhook", f"{webhook.url} of {webhook.client_id}\nhas the ID {webhook_id}")


def _answers(url: str) -> bool:
    try:
        check_reachable(url)
    except SnsError:
        return False
    return True
