"""The bills that the page and the command show."""

from __future__ import annotations

from functools import cache

from tools.bar_chart import Bar, draw_bars
from tools.bill.design import read_design, usual_design
from tools.bill.lines import MILLION, Bill, make_bill
from tools.bill.prices import HOSTED_SENDER, PRICES

WEBHOOKS = (1, 10)


@cache
def all_bills() -> tuple[Bill, ...]:
    """Return the bill of each design with each number of webhooks for a client."""
    standard = read_design("STANDARD")
    designs = (standard, read_design("EXPRESS"), usual_design(standard))
    return tuple(make_bill(design, webhooks=webhooks) for webhooks in WEBHOOKS for design in designs)


def hosted_sender_dollars(webhooks: int) -> float:
    """Return a hosted sender's price for a million events, each of which counts once for each webhook."""
    messages = MILLION * webhooks - HOSTED_SENDER.included_messages
    return HOSTED_SENDER.month + messages * HOSTED_SENDER.message


def title_of(bill: Bill) -> str:
    """Return a bill's name in tables and charts."""
    kind = bill.design.workflow_type if bill.design.name == "this program" else bill.design.name
    return f"{kind}, {bill.webhooks} webhook{'s' if bill.webhooks > 1 else ''}"


def bill_table() -> str:
    """Return a table of the bills by service, in Markdown."""
    bills = all_bills()
    rows = [["", *map(title_of, bills)]]
    for service in bills[0].by_service():
        rows += [[service, *(f"${bill.by_service()[service]:.2f}" for bill in bills)]]
    rows += [["**together**", *(f"**${bill.total:.2f}**" for bill in bills)]]
    rows += [["without Step Functions", *(f"${bill.without_step_functions:.2f}" for bill in bills)]]
    head, *body = ("| " + " | ".join(row) + " |" for row in rows)
    about = (
        f"Prices of {PRICES.as_of} in {PRICES.region}, without free tiers and discounts; a million orders, "
        "each with an Idempotency-Key, one event, and deliveries at the first attempt:"
    )
    hosted = (
        f"For comparison, [{HOSTED_SENDER.name}]({HOSTED_SENDER.page}), which only sends webhooks: "
        f"${hosted_sender_dollars(1):,.0f} for a million messages, ${hosted_sender_dollars(10):,.0f} for ten "
        f"million, by the price list of {PRICES.as_of}."
    )
    return "\n".join([about, "", head, "|---|" + "---:|" * len(bills), *body, "", hosted])


def counted_table() -> str:
    """Return what was counted for one order, in Markdown."""
    one, ten = (each for each in all_bills() if title_of(each).startswith("STANDARD"))
    rows = (
        f"| {few.service} | {few.counted} | {many.counted} |"
        for few, many in zip(one.lines, ten.lines, strict=True)
    )
    return "\n".join(["| an order, STANDARD | 1 webhook | 10 webhooks |", "|---|---|---|", *rows])


def monthly_table() -> str:
    """Return what a stack costs a month without a single order, in Markdown."""
    design = all_bills()[0].design
    runs = 60 * 24 * 30
    rows = [
        ("alarms", f"{design.alarm_metrics} metrics", design.alarm_metrics * PRICES.alarm_metric_month),
        (
            "metrics of our own",
            f"{design.custom_metrics}, while they have values",
            design.custom_metrics * PRICES.custom_metric_month,
        ),
    ]
    if design.has_deliveries:
        rows.append(("redelivery", f"{runs:,} runs of redeliver", runs * PRICES.scheduler_invocation))
    lines = (f"| {what} | {counted} | ${dollars:.2f} |" for what, counted, dollars in rows)
    return "\n".join(["| a month | counted | dollars |", "|---|---|---:|", *lines])


def bill_chart() -> str:
    """Return the bills as an SVG bar chart."""
    bars = [Bar(label=title_of(bill), parts=bill.by_service()) for bill in all_bills()]
    return draw_bars(f"A million orders, prices of {PRICES.as_of} in {PRICES.region}", bars, unit="${:.2f}")
