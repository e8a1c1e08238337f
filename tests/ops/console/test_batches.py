"""Changes of many things: what is counted, refused and stopped."""

from __future__ import annotations

import pytest

from ops.console.batches import Progress, change_each
from ops.errors import OpsError


def refuse_odd(number: int) -> None:
    if number % 2:
        raise OpsError(f"{number} is odd.")


def test_all_are_changed_and_counted() -> None:
    progress = Progress(3)
    change_each([0, 2, 4], refuse_odd, progress)
    assert progress.sentence("Kept", "number") == "Kept: 3 numbers."


def test_a_refused_one_does_not_stop_the_others() -> None:
    progress = Progress(4)
    change_each([1, 2, 3, 4], refuse_odd, progress)
    with pytest.raises(OpsError) as refused:
        progress.sentence("Kept", "number")
    assert str(refused.value) == "Kept: 2 numbers. Refused: 2, the first: 1 is odd."


def test_a_stop_is_heard_before_the_next_one() -> None:
    progress = Progress(3)
    changed: list[int] = []

    def change(number: int) -> None:
        changed.append(number)
        progress.is_stopped = True

    with pytest.raises(OpsError, match=r"Stopped after 1 of 3\."):
        change_each([1, 2, 3], change, progress)
    assert changed == [1]
