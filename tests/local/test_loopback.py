"""What a web page can make a browser send to this machine, and what is sent by programs on it."""

from __future__ import annotations

import base64
import io
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from local.emulator import Emulator
from local.laptop import Laptop
from local.laptop_options import LaptopOptions
from local.loopback import HOST
from local.loopback_requests import refusal_of
from local.screen import Screen
from tests.support.emulator import ROLE, archive, create_api, create_function
from tests.support.sockets import exchange, listening_ports, processes_of, speaks_tls, status_of

WEB_SOCKET = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
)
SOURCE = "def handle(event, context):\n    return {'statusCode': 200, 'body': 'done'}\n"
PAGE = "https://shop.example"
FUNCTIONS = "/2015-03-31/functions"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:4566",
        "localhost:4566",
        "LocalHost",
        "[::1]:4566",
        "0a1b2c3d.execute-api.localhost:4566",
    ],
)
def test_a_loopback_host_is_answered(host: str) -> None:
    assert refusal_of("/", [("Host", host)]) is None
    assert refusal_of("/", [("HOST", host), ("origin", f"http://{host}")]) is None


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil-localhost",
        "notlocalhost",
        "127.0.0.1@evil.example",
        "evil.example:80 localhost",
        "localhost, evil.example",
        "localhost:4566/evil.example",
        "localhost:",
        "0.0.0.0:4566",
        "127.0.0.2",
        "2130706433",
        "[::ffff:127.0.0.1]",
        "::1",
        "localhost\u2028",
        "localho\u017ft",
        ".localhost",
    ],
)
def test_every_other_host_is_refused(host: str) -> None:
    assert refusal_of("/", [("Host", host)])
    assert refusal_of("/", [("Host", "localhost"), ("Origin", f"http://{host}")])


@pytest.mark.parametrize("origin", ["null", PAGE, "file://", "chrome-extension://abc", "http://localhost/x"])
def test_every_foreign_origin_is_refused(origin: str) -> None:
    assert refusal_of("/", [("Host", "localhost"), ("Origin", origin)])
    assert refusal_of("/", [("Host", "localhost"), ("Origin", "http://localhost"), ("Origin", origin)])
    assert refusal_of("/", [("Host", "localhost"), ("Origin", origin)], lambda it: it != origin)


@pytest.mark.parametrize("site", ["none", "same-origin", "same-site"])
def test_a_page_of_this_machine_is_answered(site: str) -> None:
    assert refusal_of("/", [("Host", "localhost"), ("Sec-Fetch-Site", site)]) is None


def test_an_allowed_origin_may_be_on_another_site_but_not_under_another_host() -> None:
    sent = [("Origin", PAGE), ("Sec-Fetch-Site", "cross-site")]
    assert refusal_of("/", [("Host", "localhost"), *sent], lambda origin: origin == PAGE) is None
    assert refusal_of("/", [("Host", "evil.example"), *sent], lambda origin: origin == PAGE)


def to_create_a_function(port: int) -> str:
    """The body with which a page would create a function; text/plain needs no preflight."""
    code = base64.b64encode(archive({"function.py": SOURCE})).decode()
    return json.dumps(
        {
            "FunctionName": "evil",
            "Role": ROLE,
            "Handler": "function.handle",
            "Runtime": "python3.13",
            "Code": {"ZipFile": code},
        }
    )


def request(method: str, target: str, *headers: str, body: str = "", version: str = "1.1") -> bytes:
    lines = [
        f"{method} {target} HTTP/{version}",
        *headers,
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", body]).encode()


ATTACKS = {
    "a page": ["Host: 127.0.0.1:{port}", f"Origin: {PAGE}", "Sec-Fetch-Site: cross-site"],
    "a page in a browser without Sec-Fetch-Site": ["Host: 127.0.0.1:{port}", f"Origin: {PAGE}"],
    "an image, a form or a link": ["Host: 127.0.0.1:{port}", "Sec-Fetch-Site: cross-site"],
    "a sandboxed frame": ["Host: localhost:{port}", "Origin: null"],
    "a page whose name leads here": ["Host: evil.example:{port}"],
    "the same, with its own origin": ["Host: evil.example", "Origin: http://evil.example"],
    "a name before ours": ["Host: evil.example", "Host: 127.0.0.1:{port}"],
    "a name after ours": ["Host: 127.0.0.1:{port}", "Host: evil.example"],
    "a spaced header": ["Host : 127.0.0.1:{port}"],
    "the address of all interfaces": ["Host: 0.0.0.0:{port}"],
}
TEXT = "Content-Type: text/plain;charset=UTF-8"


def attacked(emulator: Emulator, headers: list[str], method: str, target: str, body: str = "") -> bytes:
    sent = [each.format(port=emulator.port) for each in headers]
    return exchange(emulator.port, request(method, target, *sent, *([TEXT] if body else []), body=body))


@pytest.mark.parametrize("headers", ATTACKS.values(), ids=ATTACKS)
def test_no_web_page_runs_code(patched: Emulator, headers: list[str]) -> None:
    name = create_function(patched, SOURCE).rpartition(":")[2]
    form = "Action=CreateTopic&Name=evil&Version=2010-03-31"
    answers = [
        attacked(patched, headers, "POST", FUNCTIONS, to_create_a_function(patched.port)),
        attacked(patched, headers, "POST", f"{FUNCTIONS}/{name}/invocations", "{}"),
        attacked(patched, headers, "GET", f"/?{form}"),
        attacked(patched, headers, "POST", "/", form),
        attacked(patched, headers, "POST", "/_ministack/reset"),
        attacked(patched, headers, "OPTIONS", FUNCTIONS),
    ]

    assert {status_of(each) for each in answers} <= {400, 403}
    assert not [each for each in answers if b"access-control" in each.lower()]
    functions = patched.client("lambda").list_functions()["Functions"]
    # Nothing was created, and nothing was reset.
    assert name in {each["FunctionName"] for each in functions}
    assert "evil" not in {each["FunctionName"] for each in functions}
    topics = patched.client("sns").list_topics()["Topics"]
    assert not [each for each in topics if each["TopicArn"].endswith(":evil")]


@pytest.mark.parametrize(
    "sent",
    [
        request("GET", "/?Action=ListTopics", version="1.0"),
        request("GET", "http://evil.example/?Action=ListTopics", "Host: localhost"),
        request("GET", "http://evil.example/?Action=ListTopics", "Host: evil.example"),
        request(
            "GET", "/?Action=ListTopics", "Host: evil.example", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQ"
        ),
    ],
    ids=["HTTP/1.0 without Host", "absolute target", "absolute target and Host", "upgrade to HTTP/2"],
)
def test_no_form_of_a_request_gets_around_the_host(patched: Emulator, sent: bytes) -> None:
    assert status_of(exchange(patched.port, sent)) in {400, 403}


def web_socket_answer(emulator: Emulator, api_id: str, *headers: str) -> int:
    lines = [f"GET /_aws/execute-api/{api_id}/$default/ HTTP/1.1", *headers, *WEB_SOCKET]
    with socket.create_connection((HOST, emulator.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return status_of(connection.recv(65536))


def test_no_web_page_opens_a_web_socket(patched: Emulator) -> None:
    client = patched.client("apigatewayv2")
    api_id = client.create_api(Name="socket", ProtocolType="WEBSOCKET", RouteSelectionExpression="$default")[
        "ApiId"
    ]
    client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)

    assert web_socket_answer(patched, api_id, "Host: localhost") == 101
    for headers in (["Host: evil.example"], ["Host: localhost", f"Origin: {PAGE}"]):
        assert web_socket_answer(patched, api_id, *headers) == 403


def test_a_stock_emulator_is_no_less_careful(stock: Emulator) -> None:
    assert status_of(attacked(stock, ["Host: evil.example"], "GET", "/?Action=ListTopics")) == 403


def test_programs_and_pages_of_this_machine_are_answered_without_cors(patched: Emulator) -> None:
    for headers in (
        ["Host: localhost:{port}"],
        ["Host: 127.0.0.1:{port}", "Origin: http://localhost:3000", "Sec-Fetch-Site: same-site"],
        ["Host: 127.0.0.1:{port}", "Sec-Fetch-Site: none"],
    ):
        for method, target in (("GET", "/?Action=ListTopics"), ("GET", FUNCTIONS), ("OPTIONS", "/")):
            answer = attacked(patched, headers, method, target)
            assert status_of(answer) == 200
            assert b"access-control" not in answer.lower()


@pytest.fixture(scope="module")
def open_api(patched: Emulator) -> str:
    """The path of an API that lets one origin in."""
    api = create_api(patched, create_function(patched, SOURCE), "POST /orders", "$default")
    api_id = api.rpartition("/")[2]
    patched.client("apigatewayv2").update_api(
        ApiId=api_id, CorsConfiguration={"AllowOrigins": [PAGE], "AllowMethods": ["POST"]}
    )
    return f"/_aws/execute-api/{api_id}"


def from_page(emulator: Emulator, method: str, target: str, origin: str = PAGE) -> bytes:
    headers = ["Host: 127.0.0.1:{port}", f"Origin: {origin}", "Sec-Fetch-Site: cross-site"]
    return attacked(emulator, headers, method, target)


def test_an_origin_of_the_api_may_call_the_api(patched: Emulator, open_api: str) -> None:
    for method, status in (("POST", 200), ("OPTIONS", 204)):
        answer = from_page(patched, method, f"{open_api}/orders")
        assert status_of(answer) == status
        assert f"access-control-allow-origin: {PAGE}".encode() in answer.lower()


def test_it_may_call_nothing_else(patched: Emulator, open_api: str) -> None:
    api_id = open_api.rpartition("/")[2]
    assert status_of(from_page(patched, "POST", f"{open_api}/orders", "https://evil.example")) == 403
    # The last three are not the API's for the emulator: it looks at the action and at the path.
    for target in (
        FUNCTIONS,
        f"{open_api}?Action=CreateTopic&Name=evil",
        "/_aws/execute-api/",
        "/_ministack/config",
    ):
        assert status_of(from_page(patched, "POST", target)) == 403
    by_name = [f"Host: {api_id}.execute-api.localhost", f"Origin: {PAGE}"]
    assert status_of(attacked(patched, by_name, "POST", "/_ministack/config", "{}")) == 403


def own_ports() -> set[int]:
    return set().union(*map(listening_ports, processes_of(os.getpid())))


@pytest.fixture(scope="module")
def ports_of_others() -> set[int]:
    """The servers of the tests that this process has run before."""
    return own_ports()


@pytest.fixture(scope="module")
def laptop(ports_of_others: set[int]) -> Iterator[Laptop]:
    screen = Screen(Console(file=io.StringIO()))
    with Laptop(LaptopOptions(payment="stripe"), screen) as running:
        yield running


@pytest.mark.slow
@pytest.mark.e2e
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux lists the sockets of a process")
def test_every_server_of_the_laptop_refuses_a_foreign_host_and_a_foreign_page(
    laptop: Laptop, ports_of_others: set[int]
) -> None:
    ports = own_ports() - ports_of_others

    # The emulator, the receiver, the certificates and the fake Stripe.
    assert {laptop.emulator.port, int(laptop.receiver.url.rpartition(":")[2])} < ports
    assert len(ports) >= 4
    for port in ports:
        tls = speaks_tls(port)
        for headers in (
            ["Host: evil.example"],
            ["Host: evil.example", "Host: localhost"],
            ["Host: localhost", f"Origin: {PAGE}"],
            ["Host: localhost", "Sec-Fetch-Site: cross-site"],
        ):
            for method in ("GET", "POST", "OPTIONS"):
                answer = exchange(port, request(method, "/", *headers), tls=tls)
                assert status_of(answer) in {400, 403}, (port, method, headers)
                assert b"access-control" not in answer.lower()
