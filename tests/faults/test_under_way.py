from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.faults import under_way
from tests.faults.under_way import UnderWay


def test_no_more_pass_than_are_free_until_the_count_falls(monkeypatch) -> None:
    monkeypatch.setattr(under_way, "_LOOK_SECONDS", 0.01)
    counts = iter([3, 3, 1])
    passed: list[int] = []
    gate = UnderWay(lambda: next(counts, 0), most=3)
    for number in range(3):
        gate.wait()
        passed.append(number)
    # All three are taken: the next has to wait for the third count, which leaves two.
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: gate.wait(), range(2)))
    assert next(counts, None) is None
