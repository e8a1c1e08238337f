from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulated_clock import EmulatedClock
from ops import target as targets
from ops.errors import OpsError, UsageError
from ops.laptops import find_runs, record_run


@pytest.fixture
def listeners() -> Iterator[list[socket.socket]]:
    opened: list[socket.socket] = []
    yield opened
    for each in opened:
        each.close()


def add_run(base: Path, listeners: list[socket.socket], name: str, *, outputs: bool = True) -> int:
    listener = socket.create_server(("127.0.0.1", 0))
    listeners.append(listener)
    port = int(listener.getsockname()[1])
    directory = base / f"run-{name}"
    directory.mkdir(parents=True)
    record_run(directory, port=port, process_id=1)
    if outputs:
        (directory / "outputs.json").write_text(f'{{"orders_table_name": "orders-{name}"}}')
    return port


def test_a_laptop_that_runs_faster_has_its_own_time(tmp_path: Path) -> None:
    clock = EmulatedClock(tmp_path / "clock")
    clock.run_at(1)
    clock.run_at(3_600)
    target = targets.Target(name="x", outputs={targets.CLOCK_KEY: str(tmp_path / "clock")})
    before = clock.now()
    assert before <= target.now().timestamp() <= clock.now()


def test_one_run_is_found(tmp_path: Path, listeners: list[socket.socket]) -> None:
    with pytest.raises(OpsError, match="make local"):
        targets.from_laptop(base=tmp_path)
    add_run(tmp_path, listeners, "a")
    assert targets.from_laptop(base=tmp_path).output("orders_table_name") == "orders-a"


def test_of_two_runs_one_must_be_named(tmp_path: Path, listeners: list[socket.socket]) -> None:
    ports = [add_run(tmp_path, listeners, name) for name in "ab"]
    assert [run.port for run in find_runs(tmp_path)] == ports[::-1]
    with pytest.raises(UsageError) as caught:
        targets.from_laptop(base=tmp_path)
    for port in ports:
        assert f"--laptop-port {port} " in str(caught.value)
    assert targets.from_laptop(ports[0], tmp_path).output("orders_table_name") == "orders-a"
    assert targets.from_laptop(ports[1], tmp_path).output("orders_table_name") == "orders-b"
    with pytest.raises(OpsError, match=r"on port 1\b"):
        targets.from_laptop(1, tmp_path)


def test_a_killed_run_and_a_broken_file_are_no_runs(tmp_path: Path, listeners: list[socket.socket]) -> None:
    add_run(tmp_path, listeners, "killed")
    listeners.pop().close()
    (tmp_path / "run-broken").mkdir()
    (tmp_path / "run-broken" / "run.json").write_text('{"port": ')
    assert find_runs(tmp_path) == []


def test_a_killed_run_whose_port_another_has_now_is_no_run(
    tmp_path: Path, listeners: list[socket.socket]
) -> None:
    port = add_run(tmp_path, listeners, "killed")
    (tmp_path / "run-later").mkdir()
    record_run(tmp_path / "run-later", port=port, process_id=2)
    assert [run.process_id for run in find_runs(tmp_path)] == [2]


def test_a_run_that_is_still_starting_is_said_to_be(tmp_path: Path, listeners: list[socket.socket]) -> None:
    add_run(tmp_path, listeners, "a", outputs=False)
    assert "still starting" in find_runs(tmp_path)[0].describe()
    with pytest.raises(OpsError, match="still starting"):
        targets.from_laptop(base=tmp_path)
