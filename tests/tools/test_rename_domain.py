"""The failure this guards against: a service of another domain that does not run after its renaming."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools.rename_domain import format_project, rename_project, renamed

TEXTS = {
    "def accept_order(order: Order) -> Order:": "def accept_booking(booking: Booking) -> Booking:",
    "POST /orders/{request_id}": "POST /bookings/{request_id}",
    '"order.paid", "orders-dead-letters"': '"booking.paid", "bookings-dead-letters"',
    "MAX_ORDERS = ORDER_EVENT_TYPES": "MAX_BOOKINGS = BOOKING_EVENT_TYPES",
    "by_order_id, orderId": "by_booking_id, bookingId",
    "def test_an_order_is_a_plan_of_orders()": "def test_a_booking_is_a_plan_of_bookings()",
    "runbook.md#an-order-is-stuck, #path-of-an-order": "runbook.md#a-booking-is-stuck, #path-of-a-booking",
    "An order is stuck. It is an `Order`.": "A booking is stuck. It is a `Booking`.",
    # Another word, a name that is fixed, or English that is not about orders.
    "a border, the recorder, reordered, ordering": None,
    "order-webhooks:settings, order_webhooks_receiver, ORDER_WEBHOOKS_SNS_DIRECTORY": None,
    "decisions/0025-what-an-order-costs.md": None,
    "OrderedDict(), reverseOrder=True, orderBy='LastEventTime', log_record_order=[]": None,
    "in the order of their times, the first few in order.": None,
    "receive_out_of_order, test_in_the_order_of_time(), test_released_in_order()": None,
    "In this order; in any order, in no order.": None,
    "Return the order of an event ID.": "Return the booking of an event ID.",
    "in order.items, in order[1:], in orders:": "in booking.items, in booking[1:], in bookings:",
    "in order_payload()": "in booking_payload()",
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_renamed(text: str) -> None:
    assert renamed(text, "booking", "bookings") == (TEXTS[text] or text)


def test_an_article_stays_before_a_vowel_and_a_plural_may_be_irregular() -> None:
    assert renamed("an order, two orders", "entry", "entries") == "an entry, two entries"


def test_files_and_folders_are_renamed_too(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "accept_order.py").write_text("order = 1\n")
    (tmp_path / "requirements.txt").write_text("order==1\n")
    (tmp_path / "image.png").write_bytes(b"\xff\xfeorder")
    assert rename_project(tmp_path, "booking", "bookings") == [Path("bookings/accept_booking.py")]
    assert (tmp_path / "bookings" / "accept_booking.py").read_text() == "booking = 1\n"
    assert not (tmp_path / "orders").exists()
    assert (tmp_path / "requirements.txt").read_text() == "order==1\n"


def test_what_is_renamed_is_formatted_and_passes_the_check_of_its_lines(tmp_path: Path) -> None:
    settings = tmp_path / "pyproject.toml"
    settings.write_text(
        '[tool.ruff]\nline-length = 40\n[tool.ruff.lint]\nselect = ["E", "I"]\n'
        "[tool.ruff.lint.pycodestyle]\nmax-line-length = 40\n"
    )
    module = tmp_path / "module.py"
    module.write_text("from b import c\nfrom a import d\n\n" + "# A comment".ljust(47, ".") + "\nx = (c,d)\n")
    format_project(tmp_path)
    assert "max-line-length = 47\n" in settings.read_text()
    assert module.read_text().startswith("from a import d\nfrom b import c\n")
    assert "x = (c, d)" in module.read_text()


def test_a_short_noun_leaves_the_limit_of_lines_as_it_is(tmp_path: Path) -> None:
    settings = tmp_path / "pyproject.toml"
    settings.write_text("[tool.ruff.lint.pycodestyle]\nmax-line-length = 40\n")
    format_project(tmp_path)
    assert settings.read_text().endswith("max-line-length = 40\n")
