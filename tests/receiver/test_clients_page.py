"""The failure this guards against: a developer copying a line of docs/clients.md that does not work."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_pem_x509_certificate

from infra.webhooks.attempts import scheduled_attempts
from infra.webhooks.delivery_policy import DeliveryPolicy
from receiver import TemporaryFailure, read_trust, webhook_ids_in

from .cases import STATUS_OF
from .genuine_cases import VECTORS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "clients.md").read_text(encoding="utf-8")
EXAMPLES = DOCS.parent / "examples" / "receivers"
# What SNS signed with version 2, which the page describes.
SIGNED = [file for file in sorted(VECTORS.glob("*.json")) if '"SignatureVersion" : "2"' in file.read_text()]


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
    attempts = scheduled_attempts(DeliveryPolicy())
    for row in ("earliest", "latest"):
        (cells,) = re.findall(rf"^\| {row} \| (.*) \|$", PAGE, re.MULTILINE)
        seconds = [getattr(attempt, f"{row}_seconds") for attempt in attempts]
        assert cells.split(" | ") == [_rounded(value) for value in seconds]


def _rounded(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 50 else f"{seconds / 60:.0f} min"


def _signed_fields(kind: str) -> list[str]:
    section = PAGE.partition("\n## Other languages\n")[2].partition("\n## ")[0]
    for kinds, fields in re.findall(r"^ *\| (`[^|]+) \| (`[^|]+) \|$", section, re.MULTILINE):
        if f"`{kind}`" in kinds:
            return re.findall(r"`(\w+)`", fields)
    raise AssertionError(f"the page has no row for {kind}")


@pytest.mark.parametrize("file", SIGNED, ids=lambda file: file.stem)
def test_a_receiver_in_another_language_can_verify_what_sns_signed(file: Path) -> None:
    message = json.loads(file.read_text(encoding="utf-8"))
    fields = [name for name in _signed_fields(message["Type"]) if name in message]
    text = "".join(f"{name}\n{message[name]}\n" for name in fields)
    certificate = VECTORS / message["SigningCertURL"].rpartition("/")[2]
    key = load_pem_x509_certificate(certificate.read_bytes()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    signature = base64.b64decode(message["Signature"])
    # Raises InvalidSignature.
    key.verify(signature, text.encode(), padding.PKCS1v15(), hashes.SHA256())


def test_there_are_as_many_such_messages_as_the_page_says() -> None:
    assert len(SIGNED) == 4
    assert "four of them with version" in PAGE
    assert len({json.loads(file.read_text())["Type"] for file in SIGNED}) > 1
