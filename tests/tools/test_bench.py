"""The benchmarks measure what they say; how long that takes is not tested."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.waiting import wait_for
from tools.bench.cold_process import ColdStart
from tools.bench.cpu_share import FULL_MEGABYTES, cpu_share
from tools.bench.floors import Library, floor
from tools.bench.laptop import measure_burst, measure_latency
from tools.bench.minimal_chain import minimal_chain
from tools.bench.report import burst_rows, cold_start_rows, latency_rows, memory_rows

REGION = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}


def test_a_floor_makes_the_clients_that_it_names_and_uses_its_libraries() -> None:
    site = next(each for each in sys.path if each.endswith("site-packages"))
    body = floor(["sqs", "dynamodb"], Library.PYDANTIC, Library.LOGGER) + "assert Model(name='a', amount=1)"
    start = ColdStart(body=body, search_path=[site], variables=REGION)

    assert start.services() == ["dynamodb", "sqs"]
    assert "| pydantic\n" in start.import_times()


def test_a_cold_start_leaves_no_bytecode(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("x = 1\n")

    assert ColdStart(body="import module", search_path=[str(tmp_path)], variables={}).milliseconds() >= 0
    assert [each.name for each in tmp_path.iterdir()] == ["module.py"]


def test_a_processor_share_is_that_of_the_memory_and_goes_with_the_block() -> None:
    with cpu_share(FULL_MEGABYTES // 4) as share:
        if share is None:
            pytest.skip("this machine lets nobody make a control group")
        files = {each.name: each.read_text().split() for each in share.group.glob("cpu.*") if each.is_file()}
        limit = files.get("cpu.max") or [*files["cpu.cfs_quota_us"], *files["cpu.cfs_period_us"]]
        assert int(limit[0]) / int(limit[1]) == pytest.approx(0.25, abs=0.01)
        assert share.prefix[-1] == str(share.group)
    assert not share.group.exists()


@pytest.mark.slow
@pytest.mark.e2e
def test_an_order_goes_through_the_minimal_chain_and_its_delivery_is_recorded(tmp_path: Path) -> None:
    with minimal_chain(tmp_path, records=True) as chain:
        latency = measure_latency({"minimal": chain}, 1)["minimal"]
        burst = measure_burst(chain, 9)
        rows = chain.emulator.client("dynamodb")
        paginator = rows.get_paginator("scan")

        def delivered() -> list[str]:
            pages = paginator.paginate(TableName="minimal")
            keys = [item["pk"]["S"] for page in pages for item in page["Items"]]
            return [key for key in keys if key.startswith("message-")]

        wait_for(lambda: len(delivered()) == 10 or None)
    assert latency.delivered > latency.accepted > 0
    # Queue, execution, order, payment's result, a row of the delivery, the event, and the delivery's result.
    assert burst.calls == 7
    assert burst.processor > 0
    assert burst.seconds > burst.accepted / 1000 > 0


RESULTS = {
    "cold_starts": [
        {
            "function": "save_order",
            "floor_name": "boto3 (dynamodb)",
            "target": 1.15,
            "floor": 200.0,
            "with_bytecode": 220.0,
            "without_bytecode": 400.0,
        }
    ],
    "memory_sizes": {
        "sizes": [
            {
                "function": "accept_order",
                "megabytes": 1769,
                "cold": 300.4,
                "first": 20.0,
                "warm": 3.21,
                "dollars": 0.31,
            }
        ]
    },
    "laptop": {
        "latency": {
            "minimal": {"accepted": 10.0, "delivered": 200.0},
            "program": {"accepted": 12.0, "delivered": 190.0},
        },
        "bursts": {
            "program": [
                {
                    "orders": 1000,
                    "per_second": 50.0,
                    "accepted": 99.6,
                    "calls": 13.26,
                    "processor": 78.4,
                    "memory_megabytes": 1024.4,
                }
            ]
        },
    },
}


def test_tables_show_ratios_to_floors_and_to_the_minimal_chain() -> None:
    assert cold_start_rows(RESULTS)[1][-5:] == ["200", "400", "220", "1.10", "1.15"]
    assert memory_rows(RESULTS)[1] == ["accept_order", "1,769", "300", "20", "3.2", "$0.31"]
    assert latency_rows(RESULTS)[2] == ["this program", "12 ms", "1.20", "190 ms", "0.95"]
    assert burst_rows(RESULTS)[1][1:] == ["1,000", "50.0", "100 ms", "13.3", "78 ms", "1,024 MB"]
