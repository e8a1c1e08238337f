"""Every command of README and runbook runs, on the emulator and with stand-ins for what needs AWS.

The stand-ins are `aws` (its calls go to the emulator), `pulumi` (a stack's outputs; the subcommands that
change a stack are the ones that need AWS), `make` (the target exists and its options are right) and `git`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.target import ENDPOINT_KEY
from tests.support.chain import Chain, running_chain
from tests.support.orders import order_payload
from tests.support.pulumi_graph import ROOT
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.e2e,
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]

PAGES = ("README.md", "docs/runbook.md", "docs/laptop.md")
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CLIENT = "shop"

STAND_INS = {
    "aws": 'exec "$PYTHON" -m tests.support.aws_command "$@"',
    "make": 'exec "$PYTHON" -m tests.support.make_command "$@"',
    "git": 'test "$1" = checkout',
    # A command that finds nothing, or something that needs attention, exits with 1.
    "python": '"$PYTHON" "$@" || test $? = 1',
    "pulumi": """case "$*" in
"stack output --json"*) cat "$OUTPUTS" ;;
"stack output orders_endpoint") echo "$ORDERS_ENDPOINT" ;;
"stack init "*|up|"preview --diff --refresh"|"config set --secret order-webhooks:stripeApiKey") ;;
*) echo "unknown command: pulumi $*" >&2; exit 64 ;;
esac""",
    # For the calls in these pages: `.name`, `.name["key"]` and `.name[$variable]`.
    "jq": """exec "$PYTHON" -c '
import json, re, sys
*options, path, file = sys.argv[1:]
variables = dict(zip(options[2::3], options[3::3])) if "--arg" in options else {}
found = json.load(open(file))
for name, key, variable in re.findall(r"\\.(\\w+)|\\[\\x22([^\\x22]+)\\x22]|\\[[$](\\w+)]", path):
    found = found[name or key or variables[variable]]
print(found)
' "$@\"""",
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with running_chain(tmp_path_factory.mktemp("docs"), stack="docs", hooks=[CLIENT], settings={}) as running:
        yield running


@pytest.fixture(scope="module")
def place(chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the pages presuppose: an environment, a stack's outputs, an order's file."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "bin").mkdir()
    for name, text in STAND_INS.items():
        (folder / "bin" / name).write_text(f"#!/bin/bash\n{text}\n")
        (folder / "bin" / name).chmod(0o755)
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "activate").touch()
    (folder / ".venv" / "bin" / "python").symlink_to(folder / "bin" / "python")
    outputs = {**chain.outputs, ENDPOINT_KEY: chain.emulator.endpoint_url}
    (folder / "stack.json").write_text(json.dumps(outputs))
    (folder / "outputs.json").write_text(json.dumps(outputs))
    (folder / "order.json").write_text(json.dumps(order_payload()))
    return folder


@pytest.fixture(scope="module")
def request_id(chain: Chain) -> str:
    chain.register(CLIENT, CLIENT)
    accepted = chain.accept(order_payload())
    wait_for(lambda: chain.order(accepted))
    return accepted


@pytest.mark.parametrize("page", PAGES)
def test_every_command_runs(page: str, chain: Chain, place: Path, request_id: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    assert blocks
    # One shell for the page: its functions are defined once. A failing command ends it, and is shown.
    script = "set -euo pipefail\n" + "\n".join(on_the_emulator(block, chain, request_id) for block in blocks)
    done = subprocess.run(
        ["bash", "-x", "-c", script],
        cwd=place,
        env={
            "PATH": f"{place / 'bin'}:{os.environ['PATH']}",
            "PYTHON": sys.executable,
            "PYTHONPATH": str(ROOT),
            "OUTPUTS": str(place / "stack.json"),
            "ORDERS_ENDPOINT": chain.outputs["orders_endpoint"],
            "EMULATOR": chain.emulator.endpoint_url,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_SESSION_TOKEN": "test",
            "HOME": str(place),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def on_the_emulator(block: str, chain: Chain, request_id: str) -> str:
    """Return a page's commands with this chain's addresses, and an order's ID for REQUEST_ID."""
    replaced = {
        "http://127.0.0.1:4566/_aws/execute-api/laptop": chain.outputs["api_endpoint"],
        "http://127.0.0.1:8765": chain.receiver.url,
        "--laptop ": "--outputs outputs.json ",
        "REQUEST_ID": f"'{request_id}'",
        # An HTTP status from 400 makes curl, and so the page's shell, fail.
        "curl ": "curl --fail-with-body ",
    }
    for old, new in replaced.items():
        block = block.replace(old, new)
    return block


def test_a_command_that_does_not_exist_would_be_found(place: Path) -> None:
    def fails(*words: str) -> bool:
        environment = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
        environment |= {"EMULATOR": "http://127.0.0.1:9", "OUTPUTS": "", "ORDERS_ENDPOINT": ""}
        command = [str(place / "bin" / words[0]), *words[1:]]
        return bool(subprocess.run(command, env=environment, capture_output=True, check=False).returncode)

    assert fails("make", "everything")
    assert fails("make", "local", "ARGS=--wrong")
    assert fails("aws", "sqs", "receive-message", "--wrong-option", "1")
    assert fails("python", "-m", "ops", "--outputs", "missing.json", "status")
    assert fails("pulumi", "destroy")
    assert not fails("make", "local", "ARGS=--fail-times 2")
