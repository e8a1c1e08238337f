"""The results of the benchmarks as tables and charts: on a terminal, and in docs/performance.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.bar_chart import Bar, draw_bars
from tools.program_graph import ROOT

KEPT = ROOT / "docs" / "measurements.json"
_CHAINS = {
    "program": "this program",
    "minimal": "minimal chain",
    "recording": "minimal chain that records deliveries",
}

Rows = list[list[str]]


def cold_start_rows(results: Mapping[str, Any]) -> Rows:
    """Return a table of the cold starts, with the ratio to each function's floor and its target."""
    rows = [["function", "floor", "floor ms", "sources ms", "bytecode ms", "ratio", "target"]]
    for each in results["cold_starts"]:
        times = [f"{each[name]:.0f}" for name in ("floor", "without_bytecode", "with_bytecode")]
        ratio = each["with_bytecode"] / each["floor"]
        rows.append([each["function"], each["floor_name"], *times, f"{ratio:.2f}", f"{each['target']:.2f}"])
    return rows


def memory_rows(results: Mapping[str, Any]) -> Rows:
    """Return a table of the memory sizes."""
    rows = [["function", "MB", "cold start ms", "first request ms", "warm ms", "a million warm"]]
    for each in results["memory_sizes"]["sizes"]:
        times = [f"{each['cold']:.0f}", f"{each['first']:.0f}", f"{each['warm']:.1f}"]
        rows.append([each["function"], f"{each['megabytes']:,}", *times, f"${each['dollars']:.2f}"])
    return rows


def warm_rows(results: Mapping[str, Any]) -> Rows:
    """Return a table of warm invocations."""
    rows = [["function", "calls of AWS", "own ms", "with boto3 ms"]]
    for each in results["warm_path"]:
        own, together = f"{each['own']:.2f}", f"{each['together']:.2f}"
        rows.append([each["function"], str(each["calls"]), own, together])
    return rows


def latency_rows(results: Mapping[str, Any]) -> Rows:
    """Return a table of single orders, with ratios to the minimal chain."""
    latency = results["laptop"]["latency"]
    floor = latency["minimal"]
    rows = [["one order at a time", "POST to 202", "ratio", "POST to webhook", "ratio"]]
    for name, each in latency.items():
        parts = [
            [f"{each[part]:.0f} ms", f"{each[part] / floor[part]:.2f}"] for part in ("accepted", "delivered")
        ]
        rows.append([_CHAINS[name], *parts[0], *parts[1]])
    return rows


def burst_rows(results: Mapping[str, Any]) -> Rows:
    """Return a table of bursts, with what one order of each has cost."""
    head = ["eight clients at once", "orders", "orders a second", "202 after"]
    rows = [[*head, "calls of AWS an order", "processor time an order", "memory afterwards"]]
    for name, bursts in results["laptop"]["bursts"].items():
        for each in bursts:
            figures = [f"{each['orders']:,}", f"{each['per_second']:.1f}", f"{each['accepted']:.0f} ms"]
            cost = [f"{each['calls']:.1f}", f"{each['processor']:.0f} ms"]
            rows.append([_CHAINS[name], *figures, *cost, f"{each['memory_megabytes']:,.0f} MB"])
    return rows


def program_rows(results: Mapping[str, Any]) -> Rows:
    """Return a table of what the program itself takes."""
    names = {
        "record": "record all resources",
        "package_first": "package the code, nothing cached",
        "package_again": "package the code again",
    }
    found = results["program"]
    return [["the program", "seconds"], *([text, f"{found[name]:.1f}"] for name, text in names.items())]


TABLES = {
    "cold_starts": [cold_start_rows],
    "memory_sizes": [memory_rows],
    "warm_path": [warm_rows],
    "laptop": [latency_rows, burst_rows],
    "program": [program_rows],
}


def print_report(results: Mapping[str, Any]) -> None:
    """Print a table for each part that was measured."""
    console = Console()
    for part, tables in TABLES.items():
        for make_rows in tables if part in results else ():
            head, *body = make_rows(results)
            table = Table(*head)
            for row in body:
                table.add_row(*row)
            console.print(table)
    console.print(about_machine(results))


def about_machine(results: Mapping[str, Any]) -> str:
    """Say when and on what was measured."""
    machine = results["machine"]
    return (
        f"Measured on {machine['measured_on']} with {machine['processors']} processors, {machine['system']}, "
        f"Python {machine['python']}, at a load of {machine['load']} from other programs."
    )


@cache
def kept_results() -> Mapping[str, Any]:
    """Return the results that the page shows."""
    return dict(json.loads(KEPT.read_text(encoding="utf-8")))


def kept_tables(part: str) -> str:
    """Return the tables of one part of the kept results, in Markdown."""
    if part not in kept_results():
        return "Not measured yet: `make bench ARGS=--keep`."
    return "\n\n".join(_markdown(make_rows(kept_results())) for make_rows in TABLES[part])


def _markdown(rows: Rows) -> str:
    head, *body = ("| " + " | ".join(row) + " |" for row in rows)
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])


def cold_start_chart() -> str:
    """Return the cold starts as bars: the floor, and what is on top with bytecode and without."""
    bars = [
        Bar(
            label=each["function"],
            parts={
                "floor": min(each["floor"], each["with_bytecode"]),
                "our code": max(0.0, each["with_bytecode"] - each["floor"]),
                "without bytecode": max(0.0, each["without_bytecode"] - each["with_bytecode"]),
            },
        )
        for each in kept_results().get("cold_starts", [])
    ]
    return draw_bars("Cold start, milliseconds of processor time", bars, unit="{:.0f}")


def memory_chart() -> str:
    """Return what accept_order's first request waits for at each memory size, as bars."""
    bars = [
        Bar(
            label=f"{each['function']}, {each['megabytes']:,} MB",
            parts={"import and clients": each["cold"], "first request": each["first"]},
        )
        for each in kept_results().get("memory_sizes", {}).get("sizes", [])
    ]
    return draw_bars("Cold start by memory size, milliseconds", bars, unit="{:.0f}")


def throughput_chart() -> str:
    """Return orders a second of each chain, as bars."""
    bars = [
        Bar(label=f"{name}, {each['orders']:,} orders", parts={"orders a second": each["per_second"]})
        for name, bursts in kept_results().get("laptop", {}).get("bursts", {}).items()
        for each in bursts
    ]
    return draw_bars("Orders a second on the laptop", bars, unit="{:.1f}")
