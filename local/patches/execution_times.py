"""An execution's times are those of the emulator's clock, as its functions' are."""

from __future__ import annotations

from typing import Any

from ministack.services import stepfunctions

from local.emulated_clock import read_clock
from local.patches.patch import Patch

_in_seconds = stepfunctions._timestamp_response_value


def in_seconds(value: Any) -> Any:  # noqa: ANN401 - a response's own value
    """Return a time of a response, which the emulator keeps as text of the machine's clock, in seconds."""
    seconds = _in_seconds(value)
    is_time = isinstance(value, str) and not isinstance(seconds, str)
    return read_clock().at(seconds) if is_time else seconds


PATCHES = (
    Patch(
        fault="The times of executions and of their history are the machine's on a clock that runs faster.",
        release="1.5.33",
        module="ministack.services.stepfunctions",
        attribute="_timestamp_response_value",
        source_sha256="9e103b1611a46fe92c45d9f095cd39f0607cab6da2bec419d56e3c8773e666bf",
        replacement=in_seconds,
    ),
)
