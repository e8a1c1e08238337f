"""`verify` on the laptop: it reports how the emulator is set to behave."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from local.sns.behaviour import SnsBehaviour
from local.sns.settings import BEHAVIOUR
from ops.__main__ import main
from ops.target import ENDPOINT_KEY
from tests.support.chain import running_chain

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

# What no switch changes.
ALWAYS = {
    "path_parameters_decoded": "yes",
    "request_id_in_header": "yes",
    "metric_records_logged": "yes",
    "redirect_followed": "no",
    "retried_301": "no",
    "retried_404": "no",
    "logged_200": "success",
    **{f"retried_{case}": "yes" for case in ("503", "none")},
    **{f"logged_{case}": "failure" for case in ("503", "none")},
    **{f"dead_lettered_{case}": "yes" for case in ("503", "none")},
}
# Each way of the emulator, and what is to be found.
MODES: list[tuple[SnsBehaviour, Mapping[str, str]]] = [
    (
        SnsBehaviour(),
        {
            "log_entry_per": "delivery",
            "destination_has_query": "yes",
            "retried_429": "yes",
            **{f"logged_{case}": "failure" for case in ("301", "404", "429")},
            **{f"dead_lettered_{case}": "yes" for case in ("301", "404", "429")},
        },
    ),
    (
        SnsBehaviour(
            client_errors="success", log_entries="attempt", retries_429=False, destination_query=False
        ),
        {
            "log_entry_per": "attempt",
            "destination_has_query": "no",
            "retried_429": "no",
            **{f"logged_{case}": "success" for case in ("301", "404", "429")},
            **{f"dead_lettered_{case}": "no" for case in ("301", "404", "429")},
        },
    ),
    (
        SnsBehaviour(client_errors="failure", retries_429=False),
        {
            "log_entry_per": "delivery",
            "destination_has_query": "yes",
            "retried_429": "no",
            **{f"logged_{case}": "failure" for case in ("301", "404", "429")},
            **{f"dead_lettered_{case}": "no" for case in ("301", "404", "429")},
        },
    ),
]


@pytest.mark.parametrize(("behaviour", "expected"), MODES, ids=["documented", "others", "no-dead-letters"])
def test_the_emulators_switches_are_found(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    behaviour: SnsBehaviour,
    expected: Mapping[str, str],
) -> None:
    settings = {"diagnostics": True, "functions": {"build_for": "host", "timeout_seconds": 20}}
    environment = {BEHAVIOUR: behaviour.to_json()}
    with running_chain(
        tmp_path, stack="verify", hooks=[], settings=settings, environment=environment
    ) as chain:
        outputs = tmp_path / "outputs.json"
        outputs.write_text(json.dumps({**chain.outputs, ENDPOINT_KEY: chain.emulator.endpoint_url}))
        code = main(["--outputs", str(outputs), "verify", "--json"])
        report = json.loads(capsys.readouterr().out)
        assert report["findings"] == {**ALWAYS, **expected}
        assert code == 0
        # Nothing of the run is left.
        listed = chain.call("GET", "/webhooks", x_client_id="verify")
        assert listed.body == {"webhooks": []}
        queues = chain.emulator.client("sqs").list_queues(QueueNamePrefix="verify-")
        assert queues.get("QueueUrls", []) == []
