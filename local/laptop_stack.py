"""The laptop's stack: the program's resources in the emulator, and its outputs in the folder of the run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.console_files import OUTPUTS
from local.deployer import deploy
from local.emulator import Emulator
from local.screen import Screen
from ops.target import CLOCK_KEY, ENDPOINT_KEY

STACK = "laptop"
_PROGRAM = Path(__file__).resolve().parent.parent / "__main__.py"


def create_stack(emulator: Emulator, settings: Mapping[str, Any], screen: Screen) -> Mapping[str, Any]:
    """Deploy the program with the settings, and return its outputs."""
    with screen.step("Program", "creating resources") as step:
        outputs = deploy(
            _PROGRAM,
            settings=settings,
            secrets={"stripeApiKey": "sk_test_laptop"},
            stack=STACK,
            cloud=emulator,
            on_created=step.count,
        )
        step.done(f"{step.total} resources created from {_PROGRAM.name}")
    return outputs


def write_outputs(
    outputs: Mapping[str, Any], emulator: Emulator, clock_path: Path, console_url: str | None
) -> None:
    """Write the outputs down for the console and for `python -m ops --laptop`."""
    document = {
        **outputs,
        # The commands need the emulator's address and clock as well.
        ENDPOINT_KEY: emulator.endpoint_url,
        CLOCK_KEY: str(clock_path),
        # On the laptop nothing has CloudWatch's dashboards; the console shows the same and more.
        **({} if console_url is None else {"dashboard_url": console_url}),
    }
    (emulator.work_directory / OUTPUTS).write_text(json.dumps(document, indent=2))
