"""The failure this guards against: a file that makes a receiver trust more, or less, than it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from receiver import SigningAuthority, Trust, read_trust

from .node import NODE, evaluate
from .signing import TOPIC, WEBHOOK_ID

AUTHORITY = {
    "certificate_origin": "https://localhost:4443",
    "confirmation_origin": "http://127.0.0.1:4566",
    "ca_file": "ca.pem",
}
GOOD: dict[str, Any] = {"client_id": "shop", "topic_arns": [TOPIC]}
# What is wrong, and a word that the error has in both kits.
WRONG: dict[str, tuple[Any, str]] = {
    "not JSON": ("{", "JSON"),
    "not an object": ("[]", "object"),
    "no client": ({"topic_arns": [TOPIC]}, "client"),
    "no topics": ({"client_id": "shop"}, "topic"),
    "one topic as text": ({**GOOD, "topic_arns": TOPIC}, "topic"),
    "no topic ARN": ({**GOOD, "topic_arns": ["order-events"]}, "ARN"),
    "an unknown name": ({**GOOD, "webhook_ids": ["*"]}, "webhook_ids"),
    "an authority without a certificate": ({**GOOD, "authority": {**AUTHORITY, "ca_file": ""}}, "ca_file"),
    "an authority by http": (
        {**GOOD, "authority": {**AUTHORITY, "certificate_origin": "http://localhost:1"}},
        "https",
    ),
    "an authority of another form": ({**GOOD, "authority": "https://localhost:4443"}, "authority"),
    "an unknown part": ({**GOOD, "authority": {**AUTHORITY, "insecure": True}}, "insecure"),
}


def _write(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_file_says_what_is_trusted(tmp_path: Path) -> None:
    file = _write(tmp_path / "receiver.json", {**GOOD, "authority": AUTHORITY})
    assert read_trust(file, webhook_ids={WEBHOOK_ID}) == Trust(
        client_id="shop",
        topic_arns={TOPIC},
        webhook_ids={WEBHOOK_ID},
        authority=SigningAuthority(
            certificate_origin="https://localhost:4443",
            confirmation_origin="http://127.0.0.1:4566",
            ca_file=tmp_path / "ca.pem",
        ),
    )


def test_without_an_authority_only_aws_is_trusted(tmp_path: Path) -> None:
    file = _write(tmp_path / "receiver.json", GOOD)
    assert read_trust(str(file), webhook_ids={WEBHOOK_ID}).authority is None


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_refused(case: str, tmp_path: Path) -> None:
    content, word = WRONG[case]
    with pytest.raises(ValueError, match=word) as caught:
        read_trust(_write(tmp_path / "receiver.json", content), webhook_ids={WEBHOOK_ID})
    assert "receiver.json" in str(caught.value) or "authority" in case


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    file = tmp_path / "receiver.json"
    file.write_text(json.dumps(GOOD), encoding="utf-8-sig")
    assert read_trust(file, webhook_ids={WEBHOOK_ID}).client_id == "shop"


@pytest.mark.skipif(NODE is None, reason="Node is not on this machine")
def test_the_kit_for_node_reads_and_refuses_the_same(tmp_path: Path) -> None:
    def call(name: str, content: Any) -> str:
        file = _write(tmp_path / f"{name}.json", content)
        return f"(({{ clientId, topicArns, authority }}) => ({{ clientId, topicArns, authority }}))(readTrust({json.dumps(str(file))}, {{ webhookIds: ['{WEBHOOK_ID}'] }}))"  # noqa: E501

    good = call("good", {**GOOD, "authority": AUTHORITY})
    plain = call("plain", GOOD)
    wrong = {name: call(name, content) for name, (content, _) in WRONG.items()}
    by_url = good.replace("readTrust(", "readTrust(new URL(").replace('.json",', ".json\", 'file:///'),")
    marked = call("marked", "\ufeff" + json.dumps(GOOD))
    results = evaluate([good, by_url, plain, marked, *wrong.values()])
    assert by_url != good
    assert results[by_url] == results[good]
    assert results[marked] == results[plain]
    assert results[good] == {
        "clientId": "shop",
        "topicArns": [TOPIC],
        "authority": {
            "certificateOrigin": "https://localhost:4443",
            "confirmationOrigin": "http://127.0.0.1:4566",
            "caFile": str(tmp_path / "ca.pem"),
        },
    }
    assert results[plain]["authority"] is None
    for name, script in wrong.items():
        assert "TypeError: " in str(results[script]), name
        assert f"{name}.json" in str(results[script]) or "authority" in name, name
        assert WRONG[name][1] in str(results[script]), name
