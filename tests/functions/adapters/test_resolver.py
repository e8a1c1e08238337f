"""Looking hosts up: literal addresses, names without an address, and name servers that say nothing."""

from __future__ import annotations

import socket
import threading

import pytest

from functions.adapters import resolver
from tests.support.silent_resolver import silent_resolver


def test_a_literal_address_leads_to_itself() -> None:
    assert set(resolver.resolve("192.0.2.1")) == {"192.0.2.1"}


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")])
def test_the_resolvers_error_reaches_the_caller(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(type(error)) as caught:
        resolver.resolve("nowhere.example")
    assert caught.value is error


def test_a_lookup_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(threading.enumerate())
    with silent_resolver(monkeypatch):
        with pytest.raises(TimeoutError):
            resolver.resolve("slow.example")
        (lookup,) = set(threading.enumerate()) - before
        assert lookup.daemon, "the end of the process would wait for it"
