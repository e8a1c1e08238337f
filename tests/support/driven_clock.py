"""A clock that a test drives, in place of the emulator's."""

from __future__ import annotations

from local.sns.clock import Action, Agenda


class DrivenClock:
    """A clock that only moves when a method is called; actions run in the caller's thread."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._agenda = Agenda()

    def now(self) -> float:
        """Return the present time."""
        return self._now

    def wall(self) -> float:
        """Return the present time: there is no other here."""
        return self._now

    def call_at(self, when: float, action: Action) -> None:
        """Note an action for `advance` or `run` to call."""
        self._agenda.add(when, action)

    def spend(self, seconds: float) -> None:
        """Let time pass without calling anything, as while a slow endpoint is waited for."""
        self._now += seconds

    def advance(self, seconds: float) -> None:
        """Let time pass, calling every action that falls due on the way."""
        end = self._now + seconds
        while (due := self._agenda.next_time()) is not None and due <= end:
            self._now = max(self._now, due)
            self._agenda.take()()
        self._now = max(self._now, end)

    def run(self) -> None:
        """Let time pass until nothing is left to call."""
        while (due := self._agenda.next_time()) is not None:
            self._now = max(self._now, due)
            self._agenda.take()()
