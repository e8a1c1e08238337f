"""The failure this guards against: an event handled twice, or not at all."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from receiver import Claim, SeenEvents, SeenInMemory, SeenInSqlite

from .seen_cases import SEEN_CASES


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


@pytest.mark.parametrize("case", SEEN_CASES)
def test_what_is_claimed(case: str, seen: SeenEvents, clock: _Clock) -> None:
    for asked, argument, expected in SEEN_CASES[case]:
        if asked == "wait":
            clock.seconds += float(argument)
            continue
        result = getattr(seen, asked)(argument)
        assert (result and result.name) == expected


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


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match=r"missing.seen\.sqlite3: unable to open"):
        SeenInSqlite(tmp_path / "missing" / "seen.sqlite3")
    wrong: Any = None
    with pytest.raises(TypeError, match="the file's path, not NoneType"):
        SeenInSqlite(wrong)
