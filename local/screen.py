"""The output of `make local`: each step, then what to try."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.status import Status
from rich.text import Text

from local.journey import SAMPLE_ORDER
from local.stripe.account import Charge
from receiver.hooks import Attempt

if TYPE_CHECKING:
    from local.laptop import Laptop

_LABEL_WIDTH = 10
_OTHER_ENDINGS = {
    "simulated": "pm_card_chargeDeclined   pm_simulated_unavailable   pm_simulated_unavailable_2",
    "stripe": "pm_card_chargeDeclined   pm_card_authenticationRequired   pm_simulated_processing",
}


@dataclass
class Step:
    """One step, from its start to its end."""

    label: str
    status: Status
    result: str = ""
    total: int = 0

    def count(self, _type: str, name: str) -> None:
        """Show that one more resource was created."""
        self.total += 1
        self.status.update(f"{self.label}: {self.total} resources, {name}")

    def done(self, result: str) -> None:
        """Set the step's result."""
        self.result = result


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
        self._line("✓", "green", label, step.result)

    def show_console(self, url: str) -> None:
        """Show where the web console is."""
        self._line("✓", "green", "Console", f"open {url}")

    def attempt(self, attempt: Attempt) -> None:
        """Show a request that the receiver has handled or refused."""
        if attempt.outcome == "refused":
            self._line("!", "red", "Refused", attempt.detail or "")
        elif attempt.outcome in ("handled", "duplicate"):
            repeated = ", a duplicate" if attempt.outcome == "duplicate" else ""
            what = f"{attempt.event_type} for {attempt.subject}{repeated}, signature verified"
            self._line("✓", "green", attempt.hook, what)

    def charge(self, charge: Charge) -> None:
        """Show a charge or a refund of the fake Stripe."""
        done = "refunded" if charge.refunded else "charged"
        money = f"{charge.amount} {charge.currency.upper()} (minor units)"
        self._line("✓", "green", "Stripe", f"{done} {money} for {charge.request_id}: {charge.intent_id}")

    def delivery(self, line: Mapping[str, Any]) -> None:
        """Show one failed delivery attempt, and what comes next."""
        if line["message_type"] != "Notification" or line["status_code"] in range(200, 300):
            return
        hook = line["endpoint"].partition("?")[0].rpartition("/")[2]
        answered = line["status_code"] or line["response"]
        what = f"message {line['message_id'][:8]}, attempt {line['attempt']}: {answered}"
        if line["next_attempt_time"]:
            what += f"; next attempt after {_seconds_until_next(line):.0f} s"
        elif line["verdict"] == "delivered":
            what += "; SNS counts it as delivered"
        elif line["verdict"] == "rejected":
            what += "; the last attempt, and SNS keeps no dead letter"
        else:
            what += "; the last attempt, the event waits in the undelivered queue for redelivery"
        self._line("↻", "yellow", hook, what)

    def explain(self, laptop: Laptop) -> None:
        """Explain what has happened and what to try."""
        orders = laptop.outputs["orders_endpoint"]
        receiver = laptop.receiver.url
        order = json.dumps({**SAMPLE_ORDER, "reference": "PO-1002"})
        print_ = self._console.print
        print_()
        print_(Text("What just happened", style="bold"))
        self._paragraph(
            "The Pulumi program's resources were created in an emulator of AWS on this machine. The HTTP API "
            "put an order on the queue and responded at once. The workflow saved the order, took the payment "
            "and published an event. SNS signed the event and posted it to the receiver, which verified the "
            "signature."
        )
        if laptop.console_url:
            self._commands("watch it, and place orders with a button", laptop.console_url)
        print_(Text("Try", style="bold"))
        self._commands(
            "post another order; its webhook is shown below",
            f"curl -i -H 'content-type: application/json' {orders} \\\n  -d '{order}'",
        )
        self._commands("get the order", f"curl {orders}/REQUEST_ID")
        self._commands(
            "see other outcomes: use one of these as payment_method",
            _OTHER_ENDINGS[laptop.payment],
        )
        self._commands(
            "let the receiver fail twice (the attempts are shown below)",
            f'curl {receiver}/_control -d \'{{"status": 503, "times": 2}}\'',
        )
        self._commands("let the receiver succeed again", f"curl {receiver}/_control -d '{{\"status\": 200}}'")
        self._commands("see everything the receiver received", f"curl {receiver}/_received")
        print_(Text("Look", style="bold"))
        self._commands("the emulator's log", f"tail -f {_relative(laptop.emulator.log_path)}")
        self._commands("each delivery attempt", f"tail -f {_relative(laptop.delivery_log_path)}")
        self._commands(
            "everything about one order, and the state of the stack (--help lists more)",
            f"{_python()} -m ops --laptop trace REQUEST_ID\n{_python()} -m ops --laptop status",
        )
        self._commands("the program's outputs", f"cat {_relative(laptop.work_directory / 'outputs.json')}")
        print_(Text("Stop with Ctrl-C. Everything is removed then.", style="bold"))
        print_()

    def fail(self, message: str, logs: Path | None) -> None:
        """Show an error and where the logs are."""
        self._line("✗", "red", "Failed", message)
        if logs:
            self._paragraph(f"The logs are in {_relative(logs)}; `make clean` removes them.")

    def show_stopped(self) -> None:
        """Show that everything has been stopped."""
        self._console.print("Stopped. Nothing is left running.")

    def _line(self, mark: str, colour: str, label: str, text: str) -> None:
        head = Text.assemble((mark, colour), " ", (label.ljust(_LABEL_WIDTH), "bold"), " ")
        # Not wrapped: an ID or a URL that is broken in two cannot be copied.
        self._console.print(head.append(text), soft_wrap=True)

    def _paragraph(self, text: str) -> None:
        self._console.print(Padding(Text(text), (0, 2)))

    def _commands(self, purpose: str, command: str) -> None:
        self._console.print(Text(f"  {purpose}"), soft_wrap=True)
        for line in command.splitlines():
            self._console.print(Text(f"    {line}", style="cyan"), soft_wrap=True)


def _seconds_until_next(line: Mapping[str, Any]) -> float:
    """Return how long SNS waits, on the emulator's clock: with --speed it is not this machine's."""
    ended = datetime.fromisoformat(line["time"]) + timedelta(milliseconds=line["duration_ms"])
    return (datetime.fromisoformat(line["next_attempt_time"]) - ended).total_seconds()


def _python() -> Path:
    # Not resolved: the interpreter that it links to does not have the environment's packages.
    return _relative(Path(sys.executable))


def _relative(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
