"""The failure this guards against: a command of docs/clients.md that does not work as it is printed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import pytest

from local.receiving import make_receiver
from receiver import WebhookIds
from tests.support.chain import Chain
from tests.support.pulumi_graph import ROOT
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.e2e,
    pytest.mark.skipif(
        not (shutil.which("curl") and shutil.which("bash")), reason="there is no curl or bash"
    ),
]

CLIENT = "curl"
PAGE = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
# The blocks that set API and CALLER, for a laptop and for either kind of proof.
SETTINGS = 3


def commands() -> list[str]:
    """Return the page's commands and assignments, one each."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)[SETTINGS:]
    return [each for block in blocks for each in re.split(r"\n(?=curl |[A-Z_]+=)", block.strip())]


def run(command: str, variables: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Run a curl command as bash does; return the status and the body."""
    settings = "\n".join(f"{name}={value}" for name, value in variables.items())
    done = subprocess.run(
        ["bash", "-eu", "-c", f"{settings}\n{command}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    head, _, body = done.stdout.partition("\n\n")
    return int(head.split()[1]), json.loads(body) if body.strip() else {}


def test_every_command_works(laptop: Chain) -> None:
    webhook_ids = WebhookIds()
    variables = {"API": laptop.outputs["api_endpoint"], "CALLER": f"(-H 'x-client-id: {CLIENT}')"}
    ran, answer = [], {}

    def settled() -> bool:
        order = laptop.call("GET", f"/orders/{answer['request_id']}", x_client_id=CLIENT)
        return order.status == 200 and order.body["status"] == "paid"

    def confirmed() -> bool:
        webhook_ids.add(answer["webhook_id"])
        shown = laptop.call("GET", f"/webhooks/{answer['webhook_id']}", x_client_id=CLIENT)
        return shown.body["status"] == "active"

    with make_receiver(
        laptop.emulator,
        laptop.emulator.work_directory,
        topic_arn=laptop.outputs["topic_arn"],
        clients={CLIENT: CLIENT},
        webhook_ids=webhook_ids,
    ) as server:
        for command in commands():
            name = command.partition("=")[0]
            if name in ("REQUEST_ID", "WEBHOOK_ID"):
                variables[name] = answer[name.lower()]
                wait_for(settled if name == "REQUEST_ID" else confirmed, f"what {name} names")
                continue
            local = command.replace("https://shop.example/hooks/orders", server.hook_url(CLIENT))
            status, answer = run(local, variables)
            assert 200 <= status < 300, (command, status, answer)
            ran.append(command)
    paths = {re.sub(r"\$\w+", "{}", path) for path in re.findall(r'"\$API(/[^"]+)"', "\n".join(ran))}
    assert paths >= {
        *("/orders", "/orders/{}", "/orders/{}/redeliver"),
        *("/webhooks", "/webhooks/{}", "/webhooks/{}/test"),
    }
