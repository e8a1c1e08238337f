"""The failure this guards against: a developer copying the first lines of a kit's README that do not work."""

from __future__ import annotations

import ast
import json
import re
import socket
import subprocess
from pathlib import Path

import pytest

import receiver

from .node import KIT, NODE
from .signing import TOPIC

PYTHON_README = Path(receiver.__file__).with_name("README.md").read_text(encoding="utf-8")
NODE_README = KIT.with_name("README.md").read_text(encoding="utf-8")

_CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
# The rest of a request, and the status of its answer.
BODIES = {
    b"Content-Length: 2\r\n\r\n{}": 400,
    _CHUNKED + b"2\r\n{}\r\n0\r\n\r\n": 400,
    b"Content-Length: -1\r\n\r\n": 400,
    b"Content-Length: 0\r\n\r\n": 400,
}


def _block(language: str, page: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return str(block)


def _post(port: int, rest: bytes) -> int:
    """Return the status of the answer; 0 where the server hung up."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        try:
            connection.sendall(
                b"POST /hooks/orders?webhook_id=wh_1 HTTP/1.1\r\nHost: shop.example\r\n" + rest
            )
            answer = connection.recv(4096)
        except ConnectionError:
            return 0
    return int(answer.split()[1]) if answer else 0


def test_the_python_readme_imports_what_there_is() -> None:
    tree = ast.parse(_block("python", PYTHON_README))
    imported = {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "order_webhooks_receiver"
        for alias in node.names
    }
    assert imported
    assert imported <= set(receiver.__all__)


@pytest.mark.skipif(NODE is None, reason="Node is not on this machine")
def test_the_node_readmes_server_runs(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "order-webhooks-receiver").symlink_to(KIT.parent)
    (tmp_path / "receiver.json").write_text(json.dumps({"client_id": "shop", "topic_arns": [TOPIC]}))
    listen = ".listen(0, '127.0.0.1', function () { console.log(this.address().port); })"
    server = tmp_path / "server.mjs"
    server.write_text(_block("js", NODE_README).replace(".listen(8080)", listen), encoding="utf-8")
    with subprocess.Popen(
        [str(NODE), server], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            for sent, status in BODIES.items():
                assert _post(port, sent) == status, sent
            # The rest of a long body is not read: the connection may end before its answer is there.
            assert _post(port, b"Content-Length: 1048577\r\n\r\n" + b"x" * 0x100001) in (413, 0)
            assert _post(port, _CHUNKED + b"100001\r\n" + b"x" * 0x100001 + b"\r\n0\r\n\r\n") in (413, 0)
            assert _post(port, b"Content-Length: 2\r\n\r\n{}") == 400
        finally:
            process.kill()
