"""The operator's commands: `python -m ops --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ops import target as targets
from ops.command_line import parse
from ops.encoding import substitute_symbols
from ops.errors import AWS_ERRORS, OpsError, UsageError, explain
from ops.report import Report, as_text, show, terminal
from ops.target import Target


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    substitute_symbols()
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        report = _run(options)
    except OpsError as error:
        return _fail(error, as_json=options.json)
    show(report, as_json=options.json)
    return report.code


def _run(options: argparse.Namespace) -> Report:
    target = _target(options)
    try:
        report: Report = options.command(target, options)
    except AWS_ERRORS as error:
        raise explain(error, target.name) from error
    return report


def _target(options: argparse.Namespace) -> Target:
    if options.laptop or options.laptop_port is not None:
        return targets.from_laptop(options.laptop_port)
    if options.outputs is not None:
        return targets.from_file(options.outputs)
    if options.stack is not None:
        return targets.from_stack(options.stack)
    raise UsageError("Name the stack: --stack NAME, --outputs FILE or --laptop.")


def _fail(error: OpsError, *, as_json: bool) -> int:
    if as_json:
        print(as_text({"error": str(error)}))  # noqa: T201 - JSON, which a console would wrap
    terminal(stderr=True).print(str(error), style="red", markup=False, soft_wrap=True)
    return error.code


if __name__ == "__main__":
    sys.exit(main())
