"""The failure this guards against: `python -m receiver` not starting, or not stopping."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from receiver.__main__ import main

from .signing import TOPIC, WEBHOOK_ID

EXPECTED = ("--client-id", "shop", "--topic-arn", TOPIC)
WEBHOOK = ("--webhook-id", WEBHOOK_ID)
ROOT = Path(__file__).parents[2]


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-m", "receiver", *EXPECTED, "--port", "0", "--hook", "shop"]
    options = [
        "--webhook-ids-file",
        str(tmp_path / "ids"),
        "--fail-status",
        "503",
        "--fail-times",
        "2",
        "--seen-directory",
        str(tmp_path / "seen"),
    ]
    with subprocess.Popen(
        [*command, *options], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            found = re.search(r"ready: (http://127\.0\.0\.1:[0-9]+)/hooks/shop$", ready.rstrip())
            assert found, ready
            with urllib.request.urlopen(f"{found[1]}/_received", timeout=30) as reply:
                journal = json.load(reply)
            assert journal["hooks"]["shop"]["plan"] == {
                "status": 503,
                "times": 2,
                "delay_seconds": 0.0,
                "hang_up": False,
            }
            assert (tmp_path / "seen" / "shop.sqlite3").exists()
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "--topic-arn"),
        (EXPECTED, "--webhook-id"),
        ([*WEBHOOK, "--topic-arn", TOPIC], "--client-id"),
        ([*WEBHOOK, "--client-id", "", "--topic-arn", TOPIC], "client_id"),
        ([*EXPECTED, "--webhook-id", ""], "webhook_ids"),
        ([*WEBHOOK, "--client-id", "shop", "--topic-arn", "orders"], "not the ARN"),
        ([*EXPECTED, *WEBHOOK, "--fail-status", "99"], "status is between"),
        ([*EXPECTED, *WEBHOOK, "--ca-file", "ca.pem"], "go together"),
        ([*EXPECTED, *WEBHOOK, "--hook", "a/b"], "cannot stand in a path"),
        (
            [
                *(*EXPECTED, *WEBHOOK, "--ca-file=ca.pem"),
                *("--certificate-origin=http://localhost:1", "--confirmation-origin=http://127.0.0.1:2"),
            ],
            "must be https",
        ),
    ],
)
def test_a_mistake_is_named(options: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(options)
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
