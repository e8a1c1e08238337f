from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from ops.api import Api
from ops.errors import OpsError, UsageError


class Handler(BaseHTTPRequestHandler):
    seen: dict[str, str]

    def do_POST(self) -> None:
        type(self).seen = {name.lower(): value for name, value in self.headers.items()}
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(422)
        self.end_headers()
        self.wfile.write(b'{"detail": "no"}')

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def test_each_kind_of_stack_is_asked_as_it_wants(made_up, server: str) -> None:
    def headers_for(auth: str, token: str | None = None) -> dict[str, str]:
        target = made_up(api_auth=auth, api_endpoint=server, aws_endpoint_url=server)
        answer = Api(target, token).call("POST", "/orders", {"a": 1})
        assert (answer.status, answer.body) == (422, {"detail": "no"})
        return Handler.seen

    assert "authorization" not in headers_for("none")
    assert headers_for("jwt", "abc")["authorization"] == "Bearer abc"
    signed = headers_for("iam")
    assert "/eu-west-1/execute-api/aws4_request" in signed["authorization"]
    assert signed["x-amz-date"]
    with pytest.raises(UsageError, match="--token"):
        headers_for("jwt")


def test_an_api_that_does_not_answer_is_one_sentence(made_up) -> None:
    target = made_up(api_endpoint="http://127.0.0.1:9", aws_endpoint_url="http://127.0.0.1:9")
    with pytest.raises(OpsError, match=r"does not answer at http://127.0.0.1:9/health: "):
        Api(target).call_openly("/health")
