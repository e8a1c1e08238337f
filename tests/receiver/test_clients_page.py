"""The failure this guards against: a developer copying a line of docs/clients.md that does not work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from infra.webhooks.delivery_policy import DeliveryPolicy
from receiver import TemporaryFailure, read_trust, webhook_ids_in

from .cases import STATUS_OF

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "clients.md").read_text(encoding="utf-8")
EXAMPLES = DOCS.parent / "examples" / "receivers"


def _block(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return str(block)


@pytest.mark.parametrize(("language", "example"), [("python", "flask_app.py"), ("js", "express_app.js")])
def test_the_receivers_are_those_that_the_tests_run(language: str, example: str) -> None:
    assert _block(language) == (EXAMPLES / example).read_text(encoding="utf-8")


def test_the_files_of_a_receiver_are_read_by_the_kit(tmp_path: Path) -> None:
    (block,) = re.findall(r"^ *```json\n *(\{\"client_id\".*?)\n *```$", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "receiver.json").write_text(block)
    trust = read_trust(tmp_path / "receiver.json", webhook_ids=webhook_ids_in(tmp_path / "webhook-ids.txt"))
    assert trust.authority is None
    (tmp_path / "webhook-ids.txt").write_text("wh_0\nwh_1\n")
    trust.check_webhook("/hooks/orders?webhook_id=wh_1")
    with pytest.raises(TemporaryFailure, match="webhook_not_expected"):
        trust.check_webhook("/hooks/orders?webhook_id=wh_")


def test_every_refusal_is_listed_with_its_status() -> None:
    section = PAGE.partition("\n## Refusals\n")[2].partition("\n## ")[0]
    listed = {
        code: int(status)
        for codes, status in re.findall(r"^\| (`.+?`) \| ([0-9]{3}) \|", section, re.MULTILINE)
        for code in re.findall(r"`([a-z0-9_]+)`", codes)
    }
    refusals = {code: status for code, status in STATUS_OF.items() if status != 200}
    others = {"in_progress": 503, "body_incomplete": 503, "malformed_chunks": 400, "length_required": 411}
    assert listed == refusals | others


def test_the_retry_times_are_those_of_the_default_delivery_policy() -> None:
    attempts = DeliveryPolicy().schedule()
    for row in ("earliest", "latest"):
        (cells,) = re.findall(rf"^\| {row} \| (.*) \|$", PAGE, re.MULTILINE)
        seconds = [getattr(attempt, f"{row}_seconds") for attempt in attempts]
        assert cells.split(" | ") == [_rounded(value) for value in seconds]


def _rounded(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 50 else f"{seconds / 60:.0f} min"


def test_every_link_leads_somewhere() -> None:
    titles = re.findall(r"^##? (.+)$", PAGE, re.MULTILINE)
    headings = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif not target.startswith("https://"):
            assert (DOCS / target).exists(), target
