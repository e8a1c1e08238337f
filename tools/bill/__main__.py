"""Print what a million orders cost: `python -m tools.bill`, or `--json`."""

from __future__ import annotations

import argparse
import json

from rich.console import Console
from rich.table import Table

from tools.bill.bills import all_bills, hosted_sender_dollars, title_of
from tools.bill.lines import Bill
from tools.bill.prices import HOSTED_SENDER, PRICES


def main() -> None:
    """Print the bills."""
    parser = argparse.ArgumentParser(prog="python -m tools.bill", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    if parser.parse_args().json:
        print(json.dumps({title_of(bill): bill.by_service() for bill in all_bills()}, indent=2))  # noqa: T201
        return
    console = Console()
    for webhooks in dict.fromkeys(bill.webhooks for bill in all_bills()):
        console.print(_table([bill for bill in all_bills() if bill.webhooks == webhooks], webhooks))
        hosted = hosted_sender_dollars(webhooks)
        console.print(f"{HOSTED_SENDER.name}, which only sends webhooks: ${hosted:,.2f}\n")


def _table(bills: list[Bill], webhooks: int) -> Table:
    count = "1 webhook" if webhooks == 1 else f"{webhooks} webhooks"
    title = f"A million orders, {count} for a client: {PRICES.region}, {PRICES.as_of}"
    table = Table("service", title=title)
    for bill in bills:
        table.add_column(title_of(bill).rpartition(",")[0], justify="right")
    for service in bills[0].by_service():
        table.add_row(service, *(f"${bill.by_service()[service]:.2f}" for bill in bills))
    table.add_row("together", *(f"${bill.total:.2f}" for bill in bills), style="bold")
    return table


if __name__ == "__main__":
    main()
