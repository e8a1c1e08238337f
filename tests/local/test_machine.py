from __future__ import annotations

import errno
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from local import machine
from local.machine import MachineError, check_disk, check_loopback, explain_disk, explain_port
from ops.laptops import LaptopRun


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_missing_loopback_interface_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    check_loopback()

    def unreachable(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", unreachable)
    with pytest.raises(MachineError, match=r"127\.0\.0\.1 cannot be reached \(Network is unreachable\)"):
        check_loopback()


def test_a_disk_that_is_full_or_nearly_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 1, 20_000_000))
    with pytest.raises(MachineError, match="20 MB free"):
        check_disk(tmp_path)
    assert explain_disk(tmp_path) == ""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 1, 1_000_000))
    assert f"The disk of {tmp_path} is full" in explain_disk(tmp_path)
    assert explain_disk(tmp_path / "gone") == ""


def test_a_port_that_is_in_use_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    run = LaptopRun(directory=Path("run-1"), port=4566, process_id=7, started_at=datetime.now(UTC))
    assert explain_port(4566, 4566, [run]) == explain_port(None, 40123, [run]) == ""
    assert explain_port(4566, 40123, [run]) == " (port 4566 is in use by the laptop of process 7)"
    assert explain_port(8765, 40123, [run]) == " (port 8765 is in use)"
    monkeypatch.setattr(machine.os, "geteuid", lambda: 1000)
    assert "for root" in explain_port(80, 40123, [])
