"""The failure this guards against: a forged request accepted, or a genuine one turned away."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from receiver import Confirmed, Delivered, Receiver, Refused, SigningAuthority, Trust, Unsubscribed

from .all_cases import ALL_CASES
from .cases import STATUS_OF, Case
from .genuine_cases import LOCAL_CERTIFICATES, LOCAL_CONFIRMATIONS, recorded_messages
from .signing import Web, event_text

_NAMES = {Delivered: "event", Confirmed: "confirmed", Unsubscribed: "unsubscribed"}


def _trust(case: Case) -> Trust:
    authority = SigningAuthority(
        certificate_origin=LOCAL_CERTIFICATES,
        confirmation_origin=LOCAL_CONFIRMATIONS,
        ca_file=Path("local-ca.pem"),
    )
    trust = Trust(
        client_id=case.client_id,
        topic_arns=set(case.topic_arns),
        webhook_ids=set(case.webhook_ids),
        authority=authority if case.local else None,
    )
    version = case.minimum_signature_version
    return trust if version is None else replace(trust, minimum_signature_version=version)


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.name)
def test_request(case: Case) -> None:
    web = Web(case.replies)
    receiver = Receiver(_trust(case), fetch=web, clock=lambda: case.now)
    try:
        received = receiver.receive(case.url, case.headers, case.body)
    except Refused as refused:
        outcome, status, words = refused.code, refused.status, refused.sentence
    else:
        outcome, status, words = _NAMES[type(received)], 200, "Accepted."
    assert (outcome, status) == (case.outcome, STATUS_OF[case.outcome])
    assert words.endswith(".")
    assert words.isprintable(), "a sentence goes into logs: it must not carry what a forger wrote raw"
    if case.visits is not None:
        assert web.visited == case.visits


def test_cases_have_names_of_their_own() -> None:
    names = [case.name for case in ALL_CASES]
    assert len(set(names)) == len(names)


def test_recorded_messages_are_all_there() -> None:
    kinds = {(message["Type"], message["SignatureVersion"]) for message in recorded_messages().values()}
    assert len(recorded_messages()) == 12
    assert kinds == {
        ("Notification", "1"),
        ("Notification", "2"),
        ("SubscriptionConfirmation", "1"),
        ("UnsubscribeConfirmation", "2"),
    }


def test_event_is_read_whole() -> None:
    case = next(case for case in ALL_CASES if case.name == "notification")
    received = Receiver(_trust(case), fetch=Web(), clock=lambda: case.now).receive(
        case.url, case.headers, case.body
    )
    assert isinstance(received, Delivered)
    sent = json.loads(event_text())
    event = received.event
    assert (event.id, event.source, event.type, event.subject) == (
        "evt-1",
        "/orders",
        "order.paid",
        "req-1",
    )
    assert event.time.isoformat() == "2026-11-25T11:59:58.123000+00:00"
    assert event.data == sent["data"]
    assert received.message_id == json.loads(case.body)["MessageId"]
    assert not received.duplicate


def test_the_emulators_origins_are_visited_with_its_own_authority_and_aws_without() -> None:
    by_name = {case.name: case for case in ALL_CASES}
    local, aws = Web(by_name["an emulator's handshake"].replies), Web()
    for name, web in {"an emulator's handshake": local, "AWS beside the emulator": aws}.items():
        case = by_name[name]
        Receiver(_trust(case), fetch=web, clock=lambda: case.now).receive(case.url, case.headers, case.body)  # noqa: B023 - used in this turn
    assert local.ca_files == [Path("local-ca.pem")] * 2
    assert aws.ca_files == [None]
