"""The failure this guards against: a certificate fetched each time or kept for ever, or a failure kept."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from receiver import Receiver, Reply, Source, TemporaryFailure, UntrustedMessage
from receiver.certificates import CAPACITY

from .signing import (
    CERTIFICATE_URL,
    HOOK_URL,
    HOST,
    NOW,
    Web,
    body_of,
    certificate,
    confirmation,
    headers_of,
    make_trust,
    notification,
    rsa_key,
    signed,
    sns_certificate,
    sns_time,
)


def _url(number: int) -> str:
    return f"{HOST}/SimpleNotificationService-{number:032x}.pem"


def _receive(receiver: Receiver, **changes: object) -> None:
    message = signed(confirmation(Type="UnsubscribeConfirmation", **changes))
    receiver.receive(HOOK_URL, headers_of(message), body_of(message))


def test_a_certificate_is_fetched_once() -> None:
    web = Web()
    receiver = Receiver(make_trust(), fetch=web, clock=lambda: NOW)
    for _ in range(3):
        _receive(receiver)
    assert web.visited == [CERTIFICATE_URL]


def test_only_so_many_certificates_are_kept_and_the_one_in_use_stays() -> None:
    web = Web({_url(number): Reply(200, sns_certificate()) for number in range(CAPACITY + 1)})
    receiver = Receiver(make_trust(), fetch=web, clock=lambda: NOW)
    for number in range(1, CAPACITY + 1):
        _receive(receiver, SigningCertURL=_url(0))
        _receive(receiver, SigningCertURL=_url(number))
    assert web.visited.count(_url(0)) == 1
    _receive(receiver, SigningCertURL=_url(1))
    assert web.visited.count(_url(1)) == 2


def test_a_kept_certificate_still_expires() -> None:
    now = NOW
    web = Web({CERTIFICATE_URL: Reply(200, certificate(rsa_key(), ends=NOW + timedelta(hours=1)))})
    receiver = Receiver(make_trust(), fetch=web, clock=lambda: now)
    _receive(receiver)
    now += timedelta(hours=2)
    with pytest.raises(TemporaryFailure, match="certificate_expired"):
        _receive(receiver, Timestamp=sns_time(now))


def test_a_failed_fetch_is_tried_again() -> None:
    web = Web({CERTIFICATE_URL: None})
    receiver = Receiver(make_trust(), fetch=web, clock=lambda: NOW)
    with pytest.raises(TemporaryFailure, match="certificate_unavailable"):
        _receive(receiver)
    web.replies[CERTIFICATE_URL] = Reply(200, sns_certificate())
    _receive(receiver)


def test_messages_that_arrive_together_share_one_fetch() -> None:
    web, arrived = Web(), threading.Semaphore(0)

    def clock() -> datetime:
        arrived.release()
        return NOW

    def patient_web(source: Source, /) -> Reply:
        reply = web(source)
        if len(web.visited) == 1:
            for _ in threads:
                assert arrived.acquire(timeout=30)
        return reply

    receiver = Receiver(make_trust(), fetch=patient_web, clock=clock)
    threads = [threading.Thread(target=_receive, args=(receiver,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert web.visited == [CERTIFICATE_URL]


def test_a_waiting_fetch_does_not_hold_up_messages_of_a_kept_certificate() -> None:
    fetching, let_go = threading.Event(), threading.Event()
    web = Web({_url(0): Reply(200, sns_certificate()), _url(1): Reply(200, sns_certificate())})

    def slow_web(source: Source, /) -> Reply:
        if source.url == _url(1):
            fetching.set()
            let_go.wait()
        return web(source)

    receiver = Receiver(make_trust(), fetch=slow_web, clock=lambda: NOW)
    _receive(receiver, SigningCertURL=_url(0))
    slow = threading.Thread(target=_receive, args=(receiver,), kwargs={"SigningCertURL": _url(1)})
    slow.start()
    assert fetching.wait(30)
    try:
        _receive(receiver, SigningCertURL=_url(0))
    finally:
        let_go.set()
        slow.join()


def test_a_forged_message_cannot_spoil_what_is_kept_for_a_genuine_one() -> None:
    web = Web()
    receiver = Receiver(make_trust(), fetch=web, clock=lambda: NOW)
    message = signed(notification(), key=rsa_key("stranger"))
    with pytest.raises(UntrustedMessage, match="signature_mismatch"):
        receiver.receive(HOOK_URL, headers_of(message), body_of(message))
    _receive(receiver)
