from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from local import guide
from local.guide import show_guide
from local.laptop_options import LaptopOptions
from local.screen import Screen, quoted

# A terminal of 80 x 24, without the rows that the steps take: title, eight steps, one of them in two rows,
# and one attempt.
ROWS_LEFT = 24 - 11


def shown(directory: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> list[str]:
    monkeypatch.setattr(guide, "find_runs", lambda: [None])
    monkeypatch.setattr(guide.sys, "executable", ".venv/bin/python")
    monkeypatch.chdir(directory)
    work_directory = directory / ".local" / "run-abcdefgh"
    work_directory.mkdir(parents=True, exist_ok=True)
    laptop: Any = SimpleNamespace(
        options=LaptopOptions(**options),
        work_directory=work_directory,
        delivery_log_path=work_directory / "deliveries.jsonl",
        emulator=SimpleNamespace(port=4566, log_path=work_directory / "emulator.log"),
        receiver=SimpleNamespace(url="http://127.0.0.1:8765"),
        outputs={"orders_endpoint": "http://127.0.0.1:4566/_aws/execute-api/laptop/orders"},
    )
    output = io.StringIO()
    screen = Screen(Console(file=output, width=80))
    output.seek(0)
    output.truncate()
    show_guide(laptop, screen)
    assert json.loads((work_directory / "order.json").read_text())["reference"] == "PO-1002"
    return output.getvalue().splitlines()


def test_what_to_try_fits_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(tmp_path, monkeypatch)
    assert len(lines) <= ROWS_LEFT
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    assert "-d @.local/run-abcdefgh/order.json" in text
    assert ".venv/bin/python -m ops --laptop trace" in text
    assert "ARGS=--more" in text


def test_more_is_shown_on_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(tmp_path, monkeypatch, more=True, clients=("shop",))
    assert len(lines) > ROWS_LEFT
    text = "\n".join(lines)
    assert "pm_card_chargeDeclined" in text
    assert "-H 'x-client-id: shop'" in text
    assert "ARGS=--more" not in text


def test_a_path_with_spaces_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert quoted(tmp_path / "my orders" / "order.json") == "'my orders/order.json'"
    assert quoted(Path("/my orders/order.json")) == "'/my orders/order.json'"
