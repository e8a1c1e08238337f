"""The failure this guards against: an event handled twice, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from receiver import Claim, SeenEvents, SeenInMemory, SeenInSqlite


class _Clock:
    seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture(params=["memory", "sqlite"])
def seen(request: pytest.FixtureRequest, clock: _Clock, tmp_path: Path) -> SeenEvents:
    if request.param == "memory":
        return SeenInMemory(lease_seconds=60, clock=clock)
    return SeenInSqlite(tmp_path / "seen.sqlite3", lease_seconds=60, clock=clock)


def test_a_settled_event_is_done_for_good(seen: SeenEvents, clock: _Clock) -> None:
    assert seen.claim("a") is Claim.NEW
    seen.settle("a")
    clock.seconds += 3 * 24 * 3600
    assert seen.claim("a") is Claim.DONE
    seen.release("a")
    assert seen.claim("a") is Claim.DONE


def test_an_event_being_handled_is_busy_for_others(seen: SeenEvents) -> None:
    assert seen.claim("a") is Claim.NEW
    assert seen.claim("a") is Claim.BUSY
    assert seen.claim("b") is Claim.NEW


def test_a_released_event_is_new_again(seen: SeenEvents) -> None:
    seen.claim("a")
    seen.release("a")
    assert seen.claim("a") is Claim.NEW


def test_a_claim_lapses_when_its_holder_died(seen: SeenEvents, clock: _Clock) -> None:
    seen.claim("a")
    clock.seconds += 59
    assert seen.claim("a") is Claim.BUSY
    clock.seconds += 2
    assert seen.claim("a") is Claim.NEW
    assert seen.claim("a") is Claim.BUSY


def test_releasing_what_was_never_claimed_does_nothing(seen: SeenEvents) -> None:
    seen.release("a")
    assert seen.claim("a") is Claim.NEW


def test_one_of_many_claims_at_once_is_new(seen: SeenEvents) -> None:
    claims: list[Claim] = []
    threads = [threading.Thread(target=lambda: claims.append(seen.claim("a"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claim.name for claim in claims) == ["BUSY"] * 7 + ["NEW"]


def test_memory_forgets_the_oldest_when_it_is_full() -> None:
    seen = SeenInMemory(capacity=2)
    for event_id in ("a", "b", "c"):
        seen.claim(event_id)
        seen.settle(event_id)
    assert [seen.claim(event_id) for event_id in ("c", "b")] == [Claim.DONE] * 2
    assert seen.claim("a") is Claim.NEW


@pytest.mark.parametrize("make_path", [Path, str], ids=["path", "text"])
def test_a_file_remembers_over_a_restart(tmp_path: Path, make_path: Callable[[Path], Path | str]) -> None:
    path = make_path(tmp_path / "seen.sqlite3")
    SeenInSqlite(path).settle("a")
    assert SeenInSqlite(path).claim("a") is Claim.DONE


def test_a_file_forgets_what_is_older_than_it_shall_keep(tmp_path: Path, clock: _Clock) -> None:
    seen = SeenInSqlite(tmp_path / "seen.sqlite3", retention_seconds=3600, clock=clock)
    seen.settle("a")
    clock.seconds += 3599
    assert seen.claim("a") is Claim.DONE
    clock.seconds += 2
    assert seen.claim("a") is Claim.NEW
