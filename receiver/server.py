"""A sample webhook server on the kit: receives, shows what came, and fails on demand.

It speaks plain HTTP, for a laptop or for a place behind a proxy that ends TLS.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from .fetching import Fetch, fetch
from .hooks import Attempt, FailurePlan, Hook
from .receiver import Receiver
from .seen import SeenEvents, SeenInMemory
from .server_requests import HookServer
from .trust import Trust

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_logger = logging.getLogger(__name__)


class SampleServer:
    """Serve webhooks at `/hooks/<name>`, from `start` to `stop` or as a context manager.

    - hooks: what each accepts, by its name; each has its own memory of events, failure plan and journal.
    - port: 0 takes a free one; see `url`.
    - on_attempt: called after each request to a webhook, in the thread that served it.
    - make_seen: makes a webhook's memory of events, given its name; in memory by default.
    """

    def __init__(
        self,
        hooks: Mapping[str, Trust],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        on_attempt: Callable[[Attempt], object] | None = None,
        make_seen: Callable[[str], SeenEvents] | None = None,
        fetch: Fetch = fetch,
    ) -> None:
        for name in hooks:
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} cannot stand in a path; use letters, digits, - and _")
        self._stopping = threading.Event()
        self._on_attempt = on_attempt
        self._hooks = {
            name: Hook(
                name,
                Receiver(trust, SeenInMemory() if make_seen is None else make_seen(name), fetch),
                self._report,
                self._stopping.wait,
            )
            for name, trust in hooks.items()
        }
        self._server = HookServer((host, port), self._hooks)
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Give the server's origin, such as http://127.0.0.1:8080."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def hook_url(self, name: str) -> str:
        """Give the URL to register for a webhook."""
        self.hook(name)
        return f"{self.url}/hooks/{name}"

    def hook(self, name: str) -> Hook:
        """Find a webhook, to read its journal or plan its failures; KeyError when there is none."""
        return self._hooks[name]

    def plan(self, plan: FailurePlan) -> None:
        """Answer the coming deliveries to every webhook as planned."""
        for hook in self._hooks.values():
            hook.plan(plan)

    def snapshot(self) -> dict[str, Any]:
        """Give what GET /_received answers."""
        return self._server.snapshot()

    def start(self) -> None:
        """Serve in the background."""
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="webhooks", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and free the port; deliveries being held back are answered at once."""
        self._stopping.set()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _report(self, attempt: Attempt) -> None:
        _logger.info("%s", describe(attempt))
        if self._on_attempt is None:
            return
        try:
            self._on_attempt(attempt)
        except Exception:
            _logger.exception("on_attempt failed")


def describe(attempt: Attempt) -> str:
    """Put an attempt into one line for a person."""
    if attempt.event_id is None:
        what = f"{attempt.outcome}  {attempt.detail or ''}"
    else:
        what = (
            f"{attempt.outcome}  {attempt.event_type} for {attempt.subject}"
            f"  event {attempt.event_id}  attempt {attempt.number}"
        )
    # Escapes what would steer the terminal.
    return ascii(f"{attempt.hook}  <- {attempt.status}  {what}")[1:-1]
