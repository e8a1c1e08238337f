"""The output of `make local`: each step, each delivery attempt, and errors."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.status import Status
from rich.text import Text

from infra.settings import RedeliverySettings
from local.attempt_text import answer_text, describe_attempt
from local.attempts import LoggedAttempt
from local.stripe.account import Charge
from ops.money import money
from receiver.hooks import Attempt

_LABEL_WIDTH = 10
_REDELIVERIES = len(RedeliverySettings().delays_seconds)


@dataclass
class Step:
    """One step, from its start to its end."""

    label: str
    status: Status
    result: str = ""
    succeeded: bool = True
    total: int = 0

    def count(self, _type: str, name: str) -> None:
        """Show that one more resource was created."""
        self.total += 1
        self.status.update(f"{self.label}: {self.total} resources, {name}")

    def done(self, result: str) -> None:
        """Set the step's result. Further lines of it continue it below."""
        self.result = result

    def warn(self, result: str) -> None:
        """Set the result of a step that did not end as it should."""
        self.result, self.succeeded = result, False


class Screen:
    """Prints for a terminal, or as plain text where there is none."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._console.print(Text("Order Webhooks on this machine", style="bold"))

    @contextmanager
    def step(self, label: str, doing: str) -> Iterator[Step]:
        """Show a step while the block runs, and its result after it."""
        with self._console.status(f"{label}: {doing}") as status:
            step = Step(label, status)
            yield step
        if step.succeeded:
            self.done(label, step.result)
        else:
            self.warn(label, step.result)

    def done(self, label: str, text: str) -> None:
        """Show what has succeeded."""
        self._line("✓", "green", label, text)

    def warn(self, label: str, text: str) -> None:
        """Show a step that did not end as it should."""
        self._line("!", "yellow", label, text)

    def show_console(self, url: str) -> None:
        """Show where the web console is."""
        self.done("Console", f"open {url}")

    def refusal(self, attempt: Attempt) -> None:
        """Show a request that the receiver has refused, and why."""
        if attempt.outcome == "refused":
            self._line("!", "red", "Refused", f"{attempt.hook}: {attempt.detail or ''}")

    def charge(self, charge: Charge) -> None:
        """Show a charge or a refund of the fake Stripe."""
        done = "refunded" if charge.refunded else "charged"
        amount = money(charge.amount, charge.currency.upper())
        self._line("✓", "green", "Stripe", f"{done} {amount} for {charge.request_id}: {charge.intent_id}")

    def attempt(self, attempt: LoggedAttempt, label: str, *, publication: int, outcome: str | None) -> None:
        """Show one attempt to deliver a message.

        `publication` counts the event's earlier publications to this webhook; `outcome` is what our receiver
        made of it, None where another receiver has it.
        """
        if attempt.is_handshake and attempt.succeeded and outcome is not None:
            # The step that registers the webhook shows that.
            return
        text = describe_attempt(attempt, label, publication=publication, redeliveries=_REDELIVERIES)
        if attempt.succeeded:
            verified = f", {attempt.event_type} verified" if outcome in ("handled", "duplicate") else ""
            duplicate = ", a duplicate" if outcome == "duplicate" else ""
            self._print("✓", "green", f"{text}{verified}{duplicate}")
        else:
            mark, colour = ("!", "red") if attempt.is_last else ("↻", "yellow")
            self._print(mark, colour, text)
            if answer := answer_text(attempt) if outcome is None else "":
                self._print(" ", "", f"          it answered: {answer}")

    def headline(self, text: str) -> None:
        """Show a headline."""
        self._console.print(Text(text, style="bold"), soft_wrap=True)

    def paragraph(self, text: str) -> None:
        """Show a text, indented."""
        self._console.print(Padding(Text(text), (0, 2)))

    def commands(self, purpose: str, command: str) -> None:
        """Show commands, and what they are for."""
        self._console.print(Text(f"  {purpose}"), soft_wrap=True)
        for line in command.splitlines():
            self._console.print(Text(f"    {line}", style="cyan"), soft_wrap=True)

    def blank(self) -> None:
        """Show an empty line."""
        self._console.print()

    def fail(self, message: str, logs: Path | None) -> None:
        """Show an error and where the logs are."""
        self._line("✗", "red", "Failed", message)
        if logs:
            self.paragraph(f"The logs are in {quoted(logs)}; `make clean` removes them.")

    def show_stopped(self) -> None:
        """Show that everything has been stopped."""
        self._console.print("Stopped. Nothing is left running.")

    def _line(self, mark: str, colour: str, label: str, text: str) -> None:
        first, *further = text.split("\n")
        self._print(mark, colour, first, label)
        for line in further:
            self._print(" ", "", line, " ")

    def _print(self, mark: str, colour: str, text: str, label: str = "") -> None:
        head = Text.assemble((mark, colour), " ", (f"{label.ljust(_LABEL_WIDTH)} " if label else "", "bold"))
        # Not wrapped: an ID or a URL that is broken in two cannot be copied.
        self._console.print(head.append(text), soft_wrap=True)


def quoted(path: Path) -> str:
    """Return a path for a shell: relative to the working directory where it is below it."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
