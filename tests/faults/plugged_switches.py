"""SNS whose switches are set while it runs: `--plug tests.faults.plugged_switches`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.sns.behaviour import SnsBehaviour, parse_behaviour

FILE = "FAULTS_SNS_SWITCHES"


def environment(file: Path) -> Mapping[str, str]:
    """Return the environment in which the emulator finds its switches."""
    return {FILE: str(file)}


def set_switches(file: Path, behaviour: SnsBehaviour) -> None:
    """Have SNS behave so from its next attempt on."""
    whole = file.with_suffix(".new")
    whole.write_text(behaviour.to_json())
    whole.replace(file)


def plug_in() -> None:
    """Change the emulator in whose process this runs."""
    from local.sns import runtime

    file = Path(os.environ[FILE])

    def make_behaviour_of(_: Any) -> Any:
        return lambda _: parse_behaviour(file.read_text())

    runtime.make_behaviour_of = make_behaviour_of
