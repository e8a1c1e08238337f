"""`python -m ops console` as an operator starts and stops it."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ops.target import ENDPOINT_KEY, ROOT
from tests.ops.conftest import made_up_outputs
from tests.support.waiting import wait_for

pytestmark = pytest.mark.slow


def test_it_prints_a_url_serves_it_and_stops_with_ctrl_c(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs.json"
    # Nothing answers there: the pages say so.
    outputs.write_text(json.dumps(made_up_outputs(**{ENDPOINT_KEY: "http://127.0.0.1:9"})))
    printed = tmp_path / "printed"
    with printed.open("w") as output:
        console = subprocess.Popen(
            [sys.executable, "-m", "ops", "--outputs", str(outputs), "console", "--read-only"],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = wait_for(lambda: re.search(r"http://127\.0\.0\.1:(\d+)/\?token=\S+", printed.read_text()))
        port = int(url[1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", url[0].partition(str(port))[2])
        entry = connection.getresponse()
        entry.read()
        assert entry.status == 303
        cookie = str(entry.headers["Set-Cookie"]).partition(";")[0]
        connection.request("GET", str(entry.headers["Location"]), headers={"Cookie": cookie})
        page = connection.getresponse()
        assert page.status == 200
        assert b"read-only" in page.read()
        connection.close()
        console.send_signal(signal.SIGINT)
        assert console.wait(60) == 0
        assert "Stopped." in printed.read_text()
        assert "Traceback" not in printed.read_text()
    finally:
        console.kill()
        console.wait()


def test_a_port_that_is_taken_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    from ops.__main__ import main

    outputs = tmp_path / "outputs.json"
    outputs.write_text(json.dumps(made_up_outputs()))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["--outputs", str(outputs), "console", "--port", str(port)]) == 2
    assert f"Port {port} is taken" in capsys.readouterr().err
