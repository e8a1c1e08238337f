"""Print when SNS tries to deliver to a webhook: `python -m tools.delivery_schedule [--stack dev | FILE]`."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # its stubs are not in the environment
from pydantic import ValidationError

from infra.settings import SETTINGS_KEY
from infra.settings.error import SettingsError, explain
from infra.webhooks.attempts import ATTEMPT_TIMEOUT_SECONDS, ScheduledAttempt, scheduled_attempts
from infra.webhooks.delivery_policy import DeliveryPolicy

_WIDTH = 88


def render_schedule(policy: DeliveryPolicy) -> str:
    """Return a table of a policy's attempts, with what its times mean and do not mean."""
    attempts = scheduled_attempts(policy)
    lines = [f"{'attempt':>7}  {'phase':<12}  {'earliest':>8}  {'latest':>8}"]
    lines += [
        f"{attempt.number:>7}  {attempt.phase:<12}  {_clock(attempt.earliest_seconds):>8}  "
        f"{_clock(attempt.latest_seconds):>8}"
        for attempt in attempts
    ]
    return "\n".join([*lines, "", textwrap.fill(_explanation(policy, attempts[-1]), _WIDTH)]) + "\n"


def _explanation(policy: DeliveryPolicy, last: ScheduledAttempt) -> str:
    shortest, longest = policy.min_delay_target_seconds, policy.max_delay_target_seconds
    end = last.latest_seconds + ATTEMPT_TIMEOUT_SECONDS
    sentences = [
        f"SNS gives up between {_clock(last.earliest_seconds)} and {_clock(end)}.",
        "Times are hours:minutes:seconds since the first attempt.",
        "Earliest: each attempt fails at once.",
        f"Latest: each waits {ATTEMPT_TIMEOUT_SECONDS} seconds for an answer, and each backoff delay is",
        f"{longest} seconds.",
        f"AWS publishes no formula for its backoff: the {policy.backoff_function} curve from {shortest} to",
        f"{longest} seconds is an approximation, and the jitter that SNS adds is not in it.",
    ]
    if policy.max_receives_per_second is not None:
        sentences.append(f"Above {policy.max_receives_per_second} deliveries a second, every time is later.")
    return " ".join(sentences)


def read_policy(path: Path) -> DeliveryPolicy:
    """Read the delivery settings of a stack's file; what it leaves out has the default.

    Raises SettingsError when the file cannot be read or its delivery settings cannot be used.
    """
    try:
        document: Any = yaml.safe_load(path.read_bytes())
    except OSError as error:
        stacks = ", ".join(sorted(file.name for file in path.parent.glob("Pulumi.*.yaml"))) or "none"
        raise SettingsError(f"{path} cannot be read ({error.strerror}); the stacks here: {stacks}") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    section = document
    for key in ("config", SETTINGS_KEY, "delivery"):
        section = (section if isinstance(section, dict) else {}).get(key)
    raw = {} if section is None else section
    try:
        return DeliveryPolicy.model_validate(raw)
    except ValidationError as error:
        raise SettingsError(explain(f"{path}: delivery", DeliveryPolicy, raw, error)) from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the schedule of a stack's delivery policy, or of the default one; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.delivery_schedule", description=main.__doc__)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("file", nargs="?", type=Path, help="a stack's settings, such as Pulumi.dev.yaml")
    source.add_argument("--stack", help="the stack whose Pulumi.<stack>.yaml is here")
    options = parser.parse_args(arguments)
    path = Path(f"Pulumi.{options.stack}.yaml") if options.stack else options.file
    try:
        policy = read_policy(path) if path else DeliveryPolicy()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(render_schedule(policy))
    return 0


def _clock(seconds: float) -> str:
    minutes, second = divmod(round(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}"


if __name__ == "__main__":
    sys.exit(main())
