"""Set the version of a release everywhere, and date its notes: python -m tools.release 1.1.0.

The version is the one in pyproject.toml. The packages for clients are built without it: each has a copy.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = Path("pyproject.toml")
CHANGELOG = Path("CHANGELOG.md")
UNRELEASED = "## Unreleased"
# Files with a copy, and what comes before the version in each.
COPIES = {
    Path("receiver/pyproject.toml"): '\nversion = "',
    Path("receiver/node/package.json"): '\n  "version": "',
    Path("examples/receivers/package-lock.json"): (
        '\n    "../../receiver/node": {\n      "name": "order-webhooks-receiver",\n      "version": "'
    ),
    Path("docs/openapi.json"): '\n    "version": "',
}

_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")


def current_version(root: Path = ROOT) -> str:
    """Return the version of this project."""
    return str(tomllib.loads((root / SOURCE).read_text(encoding="utf-8"))["project"]["version"])


def copies(root: Path = ROOT) -> dict[Path, str]:
    """Return the version that each copy has."""
    return {
        path: _split((root / path).read_text(encoding="utf-8"), before)[1] for path, before in COPIES.items()
    }


def release(root: Path, version: str, day: str) -> None:
    """Set a version and date the notes; raise ValueError where it is no next version, or has no notes."""
    if not _VERSION.fullmatch(version) or _numbers(version) < _numbers(current_version(root)):
        raise ValueError(f"{version} is not a version after {current_version(root)}, such as 1.1.0")
    notes = (root / CHANGELOG).read_text(encoding="utf-8")
    if not notes.partition(f"{UNRELEASED}\n")[2].partition("\n## ")[0].strip():
        raise ValueError(f"{CHANGELOG} has no notes under {UNRELEASED!r}")
    for path, before in {SOURCE: '\nversion = "', **COPIES}.items():
        start, _, end = _split((root / path).read_text(encoding="utf-8"), before)
        (root / path).write_text(f"{start}{version}{end}", encoding="utf-8")
    dated = notes.replace(f"{UNRELEASED}\n", f"{UNRELEASED}\n\n## {version} ({day})\n", 1)
    (root / CHANGELOG).write_text(dated, encoding="utf-8")


def _split(text: str, before: str) -> tuple[str, str, str]:
    """Return what comes before the version, the version, and what comes after it."""
    start = text.index(before) + len(before)
    end = text.index('"', start)
    return text[:start], text[start:end], text[end:]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Release this project."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    parser.add_argument("version", help="such as 1.1.0")
    options = parser.parse_args(arguments)
    try:
        release(ROOT, options.version, datetime.now(UTC).date().isoformat())
    except ValueError as error:
        parser.error(str(error))
    sys.stdout.write(
        f"Version {options.version} is set and its notes are dated. Next: commit, "
        f"git tag v{options.version}, make kits.\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
