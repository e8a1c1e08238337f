"""The failure this guards against: a fetch led elsewhere, kept waiting, or fed without end."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from receiver import Source, fetch, fetching

from .https_site import Site, serving


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("site"), tls=True) as site:
        yield site


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", 0.3)


def test_a_certificate_is_fetched_from_a_host_that_the_given_authority_vouches_for(site: Site) -> None:
    reply = fetch(Source(site.pem_url("plain"), site.ca_file))
    assert reply.status == 200
    assert len(x509.load_pem_x509_certificates(reply.body)) == 1


def test_a_host_that_only_the_local_authority_vouches_for_is_refused_without_it(site: Site) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        fetch(Source(site.pem_url("plain"), None))


def test_a_redirect_is_not_followed(site: Site) -> None:
    before = len(site.visited)
    reply = fetch(Source(site.pem_url("redirect"), site.ca_file))
    assert reply.status == 302
    assert len(site.visited) == before + 1


@pytest.mark.parametrize("behaviour", ["long", "short", "nonsense"])
def test_a_reply_that_is_not_whole_and_small_is_no_reply(site: Site, behaviour: str) -> None:
    with pytest.raises(ConnectionError):
        fetch(Source(site.pem_url(behaviour), site.ca_file))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("behaviour", ["stalled", "dripping"])
def test_a_reply_that_does_not_end_is_not_waited_for(site: Site, behaviour: str) -> None:
    with pytest.raises(TimeoutError):
        fetch(Source(site.pem_url(behaviour), site.ca_file))


def test_http_is_spoken_on_loopback(tmp_path: Path) -> None:
    with serving(tmp_path, tls=False) as site:
        assert fetch(Source(f"{site.origin}/?Action=ConfirmSubscription&Token=x", None)).status == 200
        assert site.visited == ["/?Action=ConfirmSubscription&Token=x"]


@pytest.mark.parametrize("url", ["http://192.0.2.1/", "file:///etc/passwd", "ftp://127.0.0.1/"])
def test_nothing_else_is_spoken_elsewhere(url: str) -> None:
    with pytest.raises(ConnectionError, match="neither https nor this machine"):
        fetch(Source(url, None))


def test_nobody_there_is_an_os_error() -> None:
    with pytest.raises(OSError, match="refused"):
        fetch(Source("http://127.0.0.1:1/", None))
