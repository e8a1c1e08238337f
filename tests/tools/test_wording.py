from __future__ import annotations

from pathlib import Path

import pytest

from tools import wording
from tools.wording import find_wording, main, read_patterns

PATTERNS = read_patterns("# a comment\n\n\\bgizmos?\\b => device\n\\bmake\\s+do => work\n")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Two gizmos.", [(1, "gizmos", "device")]),
        ("a\nGizmo and gizmo", [(2, "Gizmo", "device"), (2, "gizmo", "device")]),
        ("we make do", [(1, "make do", "work")]),
        ("agizmo, gizmosity", []),
    ],
)
def test_listed_wording_is_found_whatever_its_case(text: str, found: list[tuple[int, str, str]]) -> None:
    assert list(find_wording(text, PATTERNS)) == found


def test_a_line_without_a_replacement_is_refused() -> None:
    with pytest.raises(ValueError, match="gizmo"):
        read_patterns("gizmo\n")


def test_the_command_names_file_line_and_replacement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    patterns, good, bad = tmp_path / "wording.txt", tmp_path / "good.md", tmp_path / "bad.md"
    patterns.write_text("gizmo => device\n")
    good.write_text("A device.\n")
    bad.write_text("\nA gizmo.\n")
    monkeypatch.setattr(wording, "LIST", patterns)
    assert main([str(good)]) == 0
    assert main([str(good), str(bad)]) == 1
    assert capsys.readouterr().out == f"{bad}:2: 'gizmo': write device\n"


def test_the_list_can_be_read() -> None:
    assert read_patterns(wording.LIST.read_text(encoding="utf-8"))
