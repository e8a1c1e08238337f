"""A terminal or a file in another encoding than UTF-8 ends in no traceback."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from functions.adapters.items import to_item
from ops.__main__ import main
from ops.encoding import substitute_symbols
from ops.report import Report, show
from tests.ops.conftest import MotoStack, made_up_outputs

REQUEST_ID = "EUrFYqQ4LXdiTGs="
REFERENCE = "Größe 12 \u2192 漢"


ENCODINGS = ["cp1252", "ascii", "cp437"]


def terminal_in(encoding: str, monkeypatch: pytest.MonkeyPatch) -> io.TextIOWrapper:
    """Replace standard output; in the test itself, since pytest sets its own between the phases."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    return stream


def written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    raw: io.BytesIO = stream.buffer  # type: ignore[assignment]
    return raw.getvalue().decode(stream.encoding)


def saved_order(stack: MotoStack) -> None:
    item = {
        "request_id": REQUEST_ID,
        "client_id": "shop",
        "reference": REFERENCE,
        "status": "pending",
        "currency": "EUR",
        "total_amount": 100,
        "message_id": "m",
        "created_at": "2026-11-25T09:30:00.000Z",
        "updated_at": "2026-11-25T09:30:00.000Z",
    }
    stack.client("dynamodb").put_item(TableName="orders", Item=to_item(item))
    line = {"message": "save_order", "request_id": REQUEST_ID, "outcome": "created", "duration_ms": 5}
    stack.log("save-order", 1_795_599_000_000, line)


def fake_execution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.trace.reading._read_executions", lambda *_: ([], []))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_story_degrades_its_symbols_and_what_a_client_wrote(
    stack: MotoStack, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_execution(monkeypatch)
    saved_order(stack)
    terminal = terminal_in(encoding, monkeypatch)
    assert stack.run("trace", REQUEST_ID, "--since", "9999d") == 0
    text = written(terminal)
    assert " + " in text
    assert "12 -> \\u6f22" in text
    assert "\u2713" not in text


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_stays_json(stack: MotoStack, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_execution(monkeypatch)
    saved_order(stack)
    terminal = terminal_in(encoding, monkeypatch)
    assert stack.run("--json", "trace", REQUEST_ID) == 0
    assert json.loads(written(terminal))["order"]["reference"] == REFERENCE.replace("\u2192", "->")


def test_an_encoding_that_has_the_symbols_writes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal_in("utf-8", monkeypatch)
    substitute_symbols()
    show(Report(document={}, views=["\u2713 Größe"]), as_json=False)
    assert written(stream) == "\u2713 Größe\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_outputs_are_read_in_every_encoding_of_unicode(tmp_path: Path, encoding: str, capsys: Any) -> None:
    path = tmp_path / "outputs.json"
    path.write_bytes(json.dumps(made_up_outputs(note="Größe"), ensure_ascii=False).encode(encoding))
    # The outputs are read before the function is found wrong.
    assert main(["--outputs", str(path), "logs", "nothing"]) == 2
    assert "nothing has no log" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", [b'{"note": "Gr\xf6\xdfe"}', b"\xff\xfe{", b"[" * 100_000, b"\x00\x01\x02"]
)
def test_outputs_in_another_encoding_are_refused_in_one_sentence(
    tmp_path: Path, content: bytes, capsys: Any
) -> None:
    path = tmp_path / "outputs.json"
    path.write_bytes(content)
    assert main(["--outputs", str(path), "status"]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith(
        (f"{path} is neither in UTF-8 nor in UTF-16", f"The outputs of {path} are not JSON")
    )
    assert shown.count("\n") == 1
