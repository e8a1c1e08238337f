"""How lists are shown: no ID is broken, whatever the terminal's width, and NO_COLOR is plain text."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from ops.records import Hanging, Records
from ops.report import Report, show, terminal

ID = "wh_c3aec67bb1485c52bbb9e8564a6ca41e"
ROW = (ID, "failing", "123456789012:role/Shop", "it answered 503 and nobody knows why it does so " * 3)
TITLES = ("webhook", "status", "client", "reason")


def shown(records: Records, width: int) -> list[str]:
    console = Console(width=width, file=io.StringIO(), color_system=None)
    console.print(records, soft_wrap=True, markup=False)
    file = console.file
    assert isinstance(file, io.StringIO)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_a_list_that_fits_is_a_table() -> None:
    title, head, first, second = shown(Records(("order", "status"), [("a=", "paid"), ("b=", "")], "Two"), 80)
    assert (title, head.split(), first.split(), second.split()) == (
        "Two",
        ["order", "status"],
        ["a=", "paid"],
        ["b="],
    )


@given(width=st.integers(20, 250))
def test_no_word_is_broken_at_any_width(width: int) -> None:
    lines = shown(Records(TITLES, [ROW, ROW]), width)
    words = [word for line in lines for word in line.split()]
    assert words.count(ID) == 2
    assert sum("123456789012:role/Shop" in each for each in words) == 2
    assert words.count("503") == 6


def test_what_does_not_fit_is_one_block_for_each_record() -> None:
    lines = shown(Records(TITLES, [ROW, (ID, "active", "shop", "")]), 80)
    assert lines[:2] == [ID, "  status: failing; client: 123456789012:role/Shop"]
    assert lines[-2:] == [ID, "  status: active; client: shop"]
    assert max(map(len, lines)) <= 80


def test_markup_in_a_cell_is_text() -> None:
    assert "[red]x" in "\n".join(shown(Records(("a", "b"), [("1", "[red]x")]), 80))


@given(width=st.integers(20, 120))
def test_a_long_line_is_broken_between_words_and_goes_on_under_its_column(width: int) -> None:
    text = Text(f"09:30:00.000 ok delivery  {ID} answered 503 (busy) at attempt 1: SNS tries again")
    console = Console(width=width, file=io.StringIO(), color_system=None)
    console.print(Hanging(text, 6), crop=False)
    file = console.file
    assert isinstance(file, io.StringIO)
    first, *others = file.getvalue().splitlines()
    assert [word for line in [first, *others] for word in line.split()] == text.plain.split()
    assert all(line.startswith("      ") for line in others)


@pytest.mark.parametrize("stderr", [False, True])
def test_no_color_disables_every_style(monkeypatch: pytest.MonkeyPatch, stderr: bool) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")

    def printed() -> str:
        console = terminal(stderr=stderr)
        with console.capture() as captured:
            console.print(Text("bold", style="bold red"))
        return captured.get()

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in printed()
    monkeypatch.setenv("NO_COLOR", "1")
    assert printed() == "bold\n"


def test_a_report_in_a_pipe_is_not_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    show(Report(document={}, views=[Records(TITLES, [ROW]), "x" * 500]), as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert [len(line.split()) > 10 for line in lines] == [False, True, False]
    assert lines[2] == "x" * 500
