"""What `make local` suggests to try: what fits a terminal of 80 x 24, and with --more the rest."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from functions.domain.client import ANONYMOUS
from functions.domain.order_example import ORDER_EXAMPLE
from local.laptop import Laptop
from local.screen import Screen, quoted
from ops.laptops import find_runs

_OTHER_ENDINGS = {
    "simulated": "pm_card_chargeDeclined   pm_simulated_unavailable   pm_simulated_unavailable_2",
    "stripe": "pm_card_chargeDeclined   pm_card_authenticationRequired   pm_simulated_processing",
}


def show_guide(laptop: Laptop, screen: Screen) -> None:
    """Write the second order's file, and show what to do with it."""
    order_path = laptop.work_directory / "order.json"
    order_path.write_text(json.dumps({**ORDER_EXAMPLE, "reference": "PO-1002"}, indent=2) + "\n")
    screen.blank()
    screen.headline("Try in another terminal")
    screen.commands("post another order; its webhook is shown below", _post_command(laptop, order_path))
    screen.commands("see what happened to it: curl has shown its ID", f"{_ops(laptop)} trace REQUEST_ID")
    screen.commands(
        "let the receiver fail twice, then post again and watch the retries", _control(laptop, 503, 2)
    )
    if laptop.options.more:
        _show_more(laptop, screen)
    else:
        screen.headline("More to try: make local ARGS=--more")
    screen.headline("Stop with Ctrl-C. Everything is removed then.")
    screen.blank()


def _show_more(laptop: Laptop, screen: Screen) -> None:
    receiver = laptop.receiver.url
    screen.commands("let the receiver succeed again", _control(laptop, 200))
    if laptop.options.payment in _OTHER_ENDINGS:
        screen.commands(
            "see other outcomes: use one of these as payment_method", _OTHER_ENDINGS[laptop.options.payment]
        )
    screen.commands("get an order", f"curl {laptop.outputs['orders_endpoint']}/REQUEST_ID")
    screen.commands("see everything the receiver received", f"curl {receiver}/_received")
    screen.commands("see the state of the stack (--help lists more commands)", f"{_ops(laptop)} status")
    screen.headline("Look")
    screen.commands("the emulator's log", f"tail -f {quoted(laptop.emulator.log_path)}")
    screen.commands("each delivery attempt", f"tail -f {quoted(laptop.delivery_log_path)}")
    screen.commands("the program's outputs", f"cat {quoted(laptop.work_directory / 'outputs.json')}")
    screen.headline("What happened at the start")
    screen.paragraph(
        "The Pulumi program's resources were created in an emulator of AWS on this machine. The HTTP API put "
        "an order on the queue and responded at once. The workflow saved the order, took the payment and "
        "published an event, which SNS signed and posted to the receiver."
    )


def _post_command(laptop: Laptop, order_path: Path) -> str:
    client_id = laptop.options.first_client
    caller = "" if client_id == ANONYMOUS else f" -H 'x-client-id: {client_id}'"
    return (
        f"curl -i {laptop.outputs['orders_endpoint']}{caller} \\\n"
        f"  -H 'content-type: application/json' -d @{quoted(order_path)}"
    )


def _control(laptop: Laptop, status: int, times: int | None = None) -> str:
    plan = {"status": status} | ({} if times is None else {"times": times})
    return f"curl {laptop.receiver.url}/_control -d '{json.dumps(plan)}'"


def _ops(laptop: Laptop) -> str:
    # Not resolved: the interpreter that it links to does not have the environment's packages.
    python = quoted(Path(sys.executable))
    which = "--laptop" if len(find_runs()) == 1 else f"--laptop-port {laptop.emulator.port}"
    return f"{python} -m ops {which}"
