"""The failure this guards against: the kit for Node judging a request other than the Python kit does."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from .all_cases import ALL_CASES
from .cases import STATUS_OF, Case
from .genuine_cases import LOCAL_CERTIFICATES, LOCAL_CONFIRMATIONS
from .https_site import Site, serving
from .node import HERE, KIT, NODE, run_node
from .signing import (
    CLIENT_ID,
    HOOK_URL,
    NOW,
    TOPIC,
    WEBHOOK_ID,
    body_of,
    confirmation,
    event_text,
    notification,
    signed,
    sns_certificate,
    subscribe_url,
)

SNS_VALIDATOR = HERE.parent / "node" / "node_modules" / "sns-validator"

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not on this machine")


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    return run_node([HERE / "run_cases.mjs", KIT], [_as_json(case) for case in ALL_CASES])


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.name)
def test_request(case: Case, results: dict[str, Any]) -> None:
    result = results[case.name]
    assert (result["outcome"], result["status"]) == (case.outcome, STATUS_OF[case.outcome])
    assert result["sentence"].endswith(".")
    assert result["sentence"].isprintable(), (
        "a sentence goes into logs: it must not carry what a forger wrote"
    )
    if case.visits is not None:
        assert result["visited"] == case.visits


def test_event_is_read_whole(results: dict[str, Any]) -> None:
    sent = json.loads(event_text())
    assert results["notification"]["event"] == {
        **{name: sent[name] for name in ("id", "source", "type", "subject", "data")},
        "clientId": sent["clientid"],
        "time": "2026-11-25T11:59:58.123Z",
    }


def test_the_emulators_origins_are_visited_with_its_own_authority_and_aws_without(
    results: dict[str, Any],
) -> None:
    assert results["an emulator's handshake"]["caFiles"] == ["local-ca.pem"] * 2
    assert results["AWS beside the emulator"]["caFiles"] == [None]


def test_it_fetches_by_itself_but_nothing_that_is_moved_endless_or_broken(tmp_path: Path) -> None:
    with serving(tmp_path, tls=True) as site, serving(tmp_path, tls=False) as confirmations:
        url = subscribe_url(origin=confirmations.origin)
        sent = {
            "confirmed": signed(confirmation(SigningCertURL=site.pem_url("plain"), SubscribeURL=url)),
            **{
                name: signed(notification(SigningCertURL=site.pem_url(name)))
                for name in ("plain", "redirect", "long", "short", "nonsense", "dripping")
            },
        }
        cases = [_live_case(name, message, site, confirmations) for name, message in sent.items()]
        results = run_node([HERE / "run_cases.mjs", KIT], cases)
    assert {name: result["outcome"] for name, result in results.items()} == {
        "confirmed": "confirmed",
        "plain": "event",
        **dict.fromkeys(("redirect", "long", "short", "nonsense", "dripping"), "certificate_unavailable"),
    }
    assert len(confirmations.visited) == 1


@pytest.mark.skipif(not SNS_VALIDATOR.exists(), reason="tests/node is not installed")
def test_awss_own_validator_takes_what_the_tests_sign() -> None:
    messages = {
        "notification": signed(notification()),
        "notification with a subject": signed(notification(Subject="Paid")),
        "notification of version 1": signed(notification(SignatureVersion="1")),
        "confirmation": signed(confirmation()),
    }
    genuine = [{"name": n, "message": m, "pem": sns_certificate().decode()} for n, m in messages.items()]
    altered = [
        {**case, "name": f"altered {case['name']}", "message": case["message"] | {"Message": "x"}}
        for case in genuine
    ]
    verdicts = run_node([HERE / "run_sns_validator.cjs", SNS_VALIDATOR], genuine + altered)
    assert verdicts == {
        **{case["name"]: "valid" for case in genuine},
        **{case["name"]: "The message signature is invalid." for case in altered},
    }


def _as_json(case: Case) -> dict[str, Any]:
    version = case.minimum_signature_version
    return {
        "name": case.name,
        "url": case.url,
        "headers": case.headers,
        "body": base64.b64encode(case.body).decode(),
        "now": case.now.isoformat(),
        "replies": {
            url: reply and {"status": reply.status, "body": base64.b64encode(reply.body).decode()}
            for url, reply in case.replies.items()
        },
        "trust": {
            "clientId": case.client_id,
            "webhookIds": case.webhook_ids,
            "topicArns": case.topic_arns,
            **({"minimumSignatureVersion": version} if version else {}),
        },
        "authority": {
            "certificateOrigin": LOCAL_CERTIFICATES,
            "confirmationOrigin": LOCAL_CONFIRMATIONS,
            "caFile": "local-ca.pem",
        }
        if case.local
        else None,
    }


def _live_case(name: str, message: dict[str, object], site: Site, confirmations: Site) -> dict[str, Any]:
    return {
        "name": name,
        "url": HOOK_URL,
        "headers": {},
        "body": base64.b64encode(body_of(message)).decode(),
        "now": NOW.isoformat(),
        "trust": {"clientId": CLIENT_ID, "webhookIds": [WEBHOOK_ID], "topicArns": [TOPIC]},
        "authority": {
            "certificateOrigin": site.origin,
            "confirmationOrigin": confirmations.origin,
            "caFile": str(site.ca_file),
        },
    }
