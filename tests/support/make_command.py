"""A stand-in for make: checks that the targets exist and that `local` has the options, and runs nothing."""

from __future__ import annotations

import re
import shlex
import sys

from local.command_line import parse
from tests.support.pulumi_graph import ROOT


def main(words: list[str]) -> None:
    targets = {word for word in words if "=" not in word}
    variables = dict(word.split("=", 1) for word in words if "=" in word)
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    if not targets <= known:
        sys.exit(f"no such target: {targets - known}")
    if "local" in targets:
        parse(shlex.split(variables.get("ARGS", "")))


if __name__ == "__main__":
    main(sys.argv[1:])
