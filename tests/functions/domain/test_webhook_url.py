"""SSRF: every spelling of an address that a webhook must not have."""

from __future__ import annotations

import socket

import pytest

from functions.domain.webhook import webhook_id_of
from functions.domain.webhook_url import RefusedUrlError, canonical_url, check_webhook_url, endpoint_of


def public(_host: str) -> list[str]:
    return ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]


def system(host: str) -> list[str]:
    """The system's resolver for literal addresses: it takes every spelling that client libraries take."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [str(address[0]) for *_, address in found]


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/hooks",
        "https://shop.example:8443/hooks?tenant=1&x=%20y",
        "https://xn--bcher-kva.example/",
        "https://SHOP.example",
        "https://shop.example./",
        "https://shop.example/webhook_id=1",
        "https://shop.example/?id=webhook_id&my_webhook_id=1&webhook_ids=2&webhookid=3&webhook_id2=4",
    ],
)
def test_a_public_https_url_is_fine(url: str) -> None:
    check_webhook_url(url, public, allow_local=False)


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://shop.example/", "must begin with https://"),
        ("ftp://shop.example/", "must begin with https://"),
        ("//shop.example/", "must begin with https://"),
        ("javascript:alert(1)", "must have a host"),
        ("https:///path", "must have a host"),
        ("https://user@shop.example/", "user name"),
        ("https://user:pass@shop.example/", "user name"),
        ("https://:@shop.example/", "user name"),
        ("https://shop.example/#part", "fragment"),
        ("https://shop.example/#", "fragment"),
        ("https://shop.example:0/", "must have a host"),
        ("https://shop.example:99999/", "must be a URL"),
        ("https://shop.example:https/", "must be a URL"),
        ("https://[::1/", "must be a URL"),
        ("https://shop.example\\@evil.example/", "plain ASCII"),
        ("https://shop.example /", "plain ASCII"),
        ("https://shop.example/\n", "plain ASCII"),
        ("\thttps://shop.example/", "plain ASCII"),
        ("https://ⓛocalhost/", "plain ASCII"),
        ("https://127。0。0。1/", "plain ASCII"),
        ("https://127%2e0.0.1/", "must have a host"),
        ("https://shop.example/" + "x" * 2000, "at most 1900"),
        ("https://sh{op}.example/", "plain ASCII"),
        ("https://b\u00fccher.example/", "xn--"),
        ("https://user@b\u00fccher.example:8443?x", "xn--"),
        ("https://shop.example/b\u00fccher", "percent-encoded"),
        ("https://./", "must have a host"),
    ],
)
def test_a_url_that_two_readers_could_read_differently_is_refused(url: str, rule: str) -> None:
    with pytest.raises(RefusedUrlError, match=rule):
        check_webhook_url(url, public, allow_local=False)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "0",
            "0.0.0.0",
        ),
        *("10.0.0.1", "10.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.257", "3232235521"),
        *("169.254.169.254", "169.254.170.2", "0xa9fea9fe", "2852039166", "100.64.0.1", "198.18.0.1"),
        *("192.0.0.1", "192.0.2.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *(
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[fe80::1]",
            "[fc00::1]",
        ),
        *("[fd00:ec2::254]", "[ff02::1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]"),
        *(
            "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
            "[64:ff9b:1::1]",
            "[2001:db8::1]",
            "[::ffff:0:127.0.0.1]",
        ),
    ],
)
def test_every_spelling_of_an_address_that_is_not_public_is_refused(host: str) -> None:
    with pytest.raises(RefusedUrlError, match="public IP addresses only"):
        check_webhook_url(f"https://{host}/", system, allow_local=False)


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["fe80::1%eth0"]])
def test_a_name_that_leads_to_such_an_address_is_refused(addresses: list[str]) -> None:
    with pytest.raises(RefusedUrlError, match="public IP addresses only") as caught:
        check_webhook_url("https://rebind.example/", lambda _: addresses, allow_local=False)
    assert not [each for each in addresses if each in str(caught.value)]


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")])
def test_a_name_that_leads_nowhere_is_refused(error: Exception) -> None:
    def nowhere(_host: str) -> list[str]:
        raise error

    with pytest.raises(RefusedUrlError, match="that DNS resolves"):
        check_webhook_url("https://nowhere.example/", nowhere, allow_local=False)
    with pytest.raises(RefusedUrlError, match="that DNS resolves"):
        check_webhook_url("https://nowhere.example/", lambda _: [], allow_local=False)


def test_a_name_whose_lookup_takes_too_long_is_refused_as_that() -> None:
    def slow(_host: str) -> list[str]:
        raise TimeoutError

    with pytest.raises(RefusedUrlError, match="the lookup did not finish"):
        check_webhook_url("https://slow.example/", slow, allow_local=False)


def test_a_laptop_may_call_itself() -> None:
    check_webhook_url("http://127.0.0.1:8765/hooks/orders", system, allow_local=True)
    with pytest.raises(RefusedUrlError):
        check_webhook_url("ftp://127.0.0.1/", system, allow_local=True)
    with pytest.raises(RefusedUrlError):
        check_webhook_url("http://user@127.0.0.1/", system, allow_local=True)


@pytest.mark.parametrize(
    "query",
    [
        "webhook_id=wh_1",
        "webhook_id",
        "webhook_id=",
        "a=1&webhook_id=wh_1",
        "webhook_id=wh_1&a=1",
        "a=1;webhook_id=wh_1",
        "?webhook_id=wh_1",
        "a?webhook_id=1&webhook_id=2",
        "webhook%5Fid=wh_1",
        "webhook%5fid=wh_1",
        "%77ebhook_id=wh_1",
        "%77%65%62%68%6f%6f%6b%5f%69%64=wh_1",
        "WEBHOOK_ID=wh_1",
        "Webhook%5FId=wh_1",
        "webhook.id=wh_1",
        "webhook+id=wh_1",
        "webhook%20id=wh_1",
        "webhook[id=wh_1",
        "+webhook_id=wh_1",
        "webhook_id[]=wh_1",
        "webhook_id%5B0%5D=wh_1",
    ],
)
def test_the_parameter_that_the_receiver_trusts_is_not_the_clients_to_set(query: str) -> None:
    with pytest.raises(RefusedUrlError, match="webhook_id"):
        check_webhook_url(f"https://shop.example/hooks?{query}", public, allow_local=False)


@pytest.mark.parametrize(
    ("url", "spellings"),
    [
        (
            "https://shop.example/Hooks?A=b",
            [
                "HTTPS://shop.example/Hooks?A=b",
                "https://SHOP.Example/Hooks?A=b",
                "https://shop.example:443/Hooks?A=b",
                "https://shop.example./Hooks?A=b",
                "hTTps://Shop.Example.:443/Hooks?A=b",
            ],
        ),
        (
            "https://shop.example/",
            ["https://shop.example", "https://SHOP.example:443", "https://shop.example."],
        ),
        ("https://shop.example/?a=1", ["https://shop.example?a=1"]),
        ("https://shop.example:8443/", ["https://SHOP.example.:8443"]),
        ("http://127.0.0.1/", ["http://127.0.0.1:80", "http://127.0.0.1:080/"]),
        ("https://[2606:2800::1]/", ["https://[2606:2800::1]:443"]),
    ],
)
def test_two_spellings_of_one_url_are_one_webhook(url: str, spellings: list[str]) -> None:
    assert canonical_url(url) == url
    assert {canonical_url(each) for each in spellings} == {url}
    assert {webhook_id_of("shop", each) for each in spellings} == {webhook_id_of("shop", url)}


def test_other_urls_are_other_webhooks() -> None:
    urls = [
        "https://shop.example/",
        "http://shop.example/",
        "https://shop.example:80/",
        "https://shop.example:8443/",
        "https://shop.example/hooks",
        "https://shop.example/HOOKS",
        "https://shop.example/hooks/",
        "https://shop.example/hooks?a=1",
        "https://shop.example/hooks?A=1",
        "https://shop.example.eu/",
    ]
    assert len({webhook_id_of("shop", each) for each in urls}) == len(urls)
    assert webhook_id_of("shop", urls[0]) != webhook_id_of("other", urls[0])


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("https://shop.example/hooks", "https://shop.example/hooks?webhook_id=wh_1"),
        ("https://shop.example/?a=1", "https://shop.example/?a=1&webhook_id=wh_1"),
    ],
)
def test_the_webhooks_id_is_added_to_what_sns_calls(url: str, endpoint: str) -> None:
    assert endpoint_of(url, "wh_1") == endpoint
