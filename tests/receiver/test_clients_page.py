"""The failure this guards against: a developer copying a line of docs/clients.md that does not work."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import subprocess
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.webhooks.delivery_policy import DeliveryPolicy
from receiver import Receiver, TemporaryFailure, Trust

from .cases import STATUS_OF
from .https_site import now_shifted
from .signing import body_of, headers_of, notification, signed, sns_time

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "clients.md").read_text(encoding="utf-8")
NODE = shutil.which("node")


def _block(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return str(block)


def _post_forged(port: int) -> int:
    now = sns_time(now_shifted(0))
    forged = signed(notification(SigningCertURL="https://evil.example/x.pem", Timestamp=now))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", "/hooks/orders?webhook_id=wh_1", body_of(forged), headers_of(forged))
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_python_server_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "page"}
    exec(compile(_block("python"), "clients.md", "exec"), names)
    assert isinstance(names["receiver"], Receiver)
    _check_that_expected_ids_are_looked_up(names["receiver"]._trust)
    with ThreadingHTTPServer(("127.0.0.1", 0), names["Hooks"]) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        try:
            assert _post_forged(server.server_port) == 403
            for sent, status in {**BODIES, b"\r\n": 411, b"Content-Length: 1048577\r\n\r\n": 413}.items():
                assert _post_raw(server.server_port, sent) == status, sent
        finally:
            server.shutdown()


_CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
# The rest of a request, and the status of its answer.
BODIES = {
    b"Content-Length: 2\r\n\r\n{}": 400,
    _CHUNKED + b"2\r\n{}\r\n0\r\n\r\n": 400,
    b"Content-Length: -1\r\n\r\n": 411,
    b"Content-Length: x\r\n\r\n": 411,
}


def _post_raw(port: int, rest: bytes) -> int:
    """Return the status of the answer; 0 where the server hung up."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        try:
            connection.sendall(b"POST /hooks/orders HTTP/1.1\r\nHost: shop.example\r\n" + rest)
            answer = connection.recv(4096)
        except ConnectionError:
            return 0
    return int(answer.split()[1]) if answer else 0


def _check_that_expected_ids_are_looked_up(trust: Trust) -> None:
    with pytest.raises(TemporaryFailure, match="webhook_not_expected"):
        trust.check_webhook("/hooks/orders?webhook_id=wh_1")
    Path("webhook-ids.txt").write_text("wh_0\nwh_1\n")
    trust.check_webhook("/hooks/orders?webhook_id=wh_1")
    with pytest.raises(TemporaryFailure, match="webhook_not_expected"):
        trust.check_webhook("/hooks/orders?webhook_id=wh_")


@pytest.mark.skipif(NODE is None, reason="Node is not on this machine")
def test_the_node_server_runs(tmp_path: Path) -> None:
    shutil.copy(DOCS / "examples" / "verify.mjs", tmp_path)
    listen = ".listen(0, '127.0.0.1', function () { console.log(this.address().port); })"
    server = tmp_path / "server.mjs"
    server.write_text(_block("js").replace(".listen(8080)", listen), encoding="utf-8")
    with subprocess.Popen(
        [str(NODE), str(server)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            assert _post_forged(port) == 403
            for sent, status in BODIES.items():
                # Node itself answers a bad length, with 400.
                assert _post_raw(port, sent) == (400 if status == 411 else status), sent
            # Node hangs up in the middle of a body that is no longer read.
            assert _post_raw(port, _CHUNKED + b"100001\r\n" + b"x" * 0x100001 + b"\r\n0\r\n\r\n") in (413, 0)
            assert _post_forged(port) == 403
        finally:
            process.kill()


def test_every_refusal_is_listed_with_its_status() -> None:
    section = PAGE.partition("\n## Refusals\n")[2].partition("\n## ")[0]
    listed = {
        code: int(status)
        for codes, status in re.findall(r"^\| (`.+?`) \| ([0-9]{3}) \|", section, re.MULTILINE)
        for code in re.findall(r"`([a-z0-9_]+)`", codes)
    }
    refusals = {code: status for code, status in STATUS_OF.items() if status != 200}
    of_python = {"in_progress": 503, "body_incomplete": 503, "malformed_chunks": 400, "length_required": 411}
    assert listed == refusals | of_python


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
