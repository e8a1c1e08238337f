from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from tools.bar_chart import Bar, draw_bars
from tools.bill.bills import all_bills, bill_chart
from tools.bill.design import read_design
from tools.bill.lines import make_bill
from tools.bill.prices import PRICES
from tools.bill.sizes import billed_seconds

WORKFLOW = ["save-order", "process-payment", "update-order", "inform-client"]


@pytest.fixture(scope="module")
def standard():
    return read_design("STANDARD")


def dollars(design, service, webhooks=1):
    return make_bill(design, webhooks=webhooks).by_service()[service]


def test_the_design_is_read_from_the_program(standard):
    accepting, steps = standard.functions[:2], standard.functions[2:]
    assert accepting == ("accept-order", "start-execution")
    assert standard.transitions == len(steps)
    assert [each for each in steps if each in WORKFLOW] == WORKFLOW
    memory = standard.memory_megabytes
    assert memory["accept-order"] > memory["save-order"]
    assert read_design("EXPRESS").workflow_log_level == "ALL"


def test_a_transition_a_trace_and_a_write_cost_what_the_table_says(standard):
    workflow = replace(standard, transitions=8)
    assert dollars(workflow, "Step Functions") == pytest.approx(200.0)
    traced = replace(standard, traces=3, traced_recorder=True, has_deliveries=True)
    assert dollars(traced, "X-Ray", webhooks=10) == pytest.approx(13 * 5.0)
    # The order: table and three indexes, then table and the two with its status; 2 for the key.
    plain = replace(standard, order_indexes=("ALL", "INCLUDE", "KEYS_ONLY"), has_deliveries=False)
    assert dollars(plain, "DynamoDB") == pytest.approx(9 * PRICES.write_unit * 1e6)
    with_deliveries = replace(plain, has_deliveries=True)
    rows = dollars(with_deliveries, "DynamoDB", 10) - dollars(with_deliveries, "DynamoDB", 1)
    assert rows == pytest.approx(9 * 4 * PRICES.write_unit * 1e6 + PRICES.read_unit * 1e6)


def test_a_function_costs_by_its_own_memory(standard):
    double = {**standard.memory_megabytes, "accept-order": 2 * standard.memory_megabytes["accept-order"]}
    more = dollars(replace(standard, memory_megabytes=double), "Lambda") - dollars(standard, "Lambda")
    gigabytes = standard.memory_megabytes["accept-order"] / 1024
    assert more == pytest.approx(
        billed_seconds("accept-order") * gigabytes * PRICES.lambda_gigabyte_second * 1e6
    )


def test_express_pays_by_request_and_memory(standard):
    # 64 MB for a second: 0.0625 GB * 0.00001667 $ = 1.0419e-6 $ an order.
    assert dollars(replace(standard, workflow_type="EXPRESS"), "Step Functions") == pytest.approx(
        2.0419, abs=1e-3
    )


def test_more_webhooks_cost_more_and_the_workflow_the_same():
    by_webhooks = {bill.webhooks: bill for bill in all_bills() if bill.design.name == "this program"}
    assert by_webhooks[10].total > by_webhooks[1].total
    assert by_webhooks[10].by_service()["Step Functions"] == by_webhooks[1].by_service()["Step Functions"]


def test_the_chart_has_a_bar_of_its_length_for_each_bill():
    root = ET.fromstring(bill_chart())
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    for bill in all_bills():
        assert f"${bill.total:.2f}" in texts


def test_a_bars_parts_are_drawn_to_scale_and_texts_are_escaped():
    bars = [Bar(label="a < b", parts={"x": 1.0, "y": 3.0}), Bar(label="c", parts={"x": 2.0})]
    root = ET.fromstring(draw_bars("t & u", bars, unit="{:.0f} ms"))
    rects = [
        r
        for r in root.iter("{http://www.w3.org/2000/svg}rect")
        if r.find("{http://www.w3.org/2000/svg}title") is not None
    ]
    widths = [float(each.attrib["width"]) for each in rects]
    assert widths[1] == pytest.approx(3 * widths[0], abs=0.2)
    assert widths[2] == pytest.approx(2 * widths[0], abs=0.2)
    assert float(rects[1].attrib["x"]) == pytest.approx(float(rects[0].attrib["x"]) + widths[0], abs=0.2)
