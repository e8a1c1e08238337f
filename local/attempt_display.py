"""Each delivery attempt on the screen, with its webhook's name and what our own receiver made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.attempt_text import WebhookLabels
from local.attempts import AttemptHistory, LoggedAttempt, read_attempt
from local.screen import Screen
from receiver.hooks import Hook


class AttemptDisplay:
    """Shows the attempts as the emulator logs them."""

    def __init__(self, screen: Screen, history: AttemptHistory) -> None:
        self._screen = screen
        self._history = history
        self._labels = WebhookLabels()
        self._hooks: dict[str, Hook] = {}

    def name(self, url: str, name: str, hook: Hook | None = None) -> None:
        """Give a webhook's URL a name; `hook` is what our own receiver has received there."""
        self._labels.add(url, name)
        if hook is not None:
            self._hooks[url] = hook

    def show(self, line: Mapping[str, Any]) -> None:
        """Show and remember the attempt of a line of the log."""
        attempt = read_attempt(line)
        if attempt is None:
            return
        publication = self._history.add(attempt)
        label = self._labels.of(attempt.url)
        self._screen.attempt(attempt, label, publication=publication, outcome=self._outcome(attempt))

    def _outcome(self, attempt: LoggedAttempt) -> str | None:
        """Return what our receiver made of an attempt, None where it went to another receiver."""
        hook = self._hooks.get(attempt.url)
        if hook is None:
            return None
        received = reversed(hook.attempts)
        return next((each.outcome for each in received if each.message_id == attempt.message_id), "")
