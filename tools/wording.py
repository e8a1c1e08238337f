"""Find wording that tools/wording.txt lists: python -m tools.wording FILE..."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

LIST = Path(__file__).with_suffix(".txt")
_SEPARATOR = " => "


def read_patterns(text: str) -> dict[re.Pattern[str], str]:
    """Return the patterns of a list, each with what to write instead; raise ValueError for a broken line."""
    patterns: dict[re.Pattern[str], str] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        pattern, separator, instead = line.partition(_SEPARATOR)
        if not separator:
            raise ValueError(f"a line without{_SEPARATOR}in {LIST.name}: {line}")
        patterns[re.compile(pattern, re.IGNORECASE)] = instead
    return patterns


def find_wording(text: str, patterns: Mapping[re.Pattern[str], str]) -> Iterator[tuple[int, str, str]]:
    """Yield the line number, the wording found and what to write instead, in the order of the text."""
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern, instead in patterns.items():
            for found in pattern.finditer(line):
                yield number, found[0], instead


def main(paths: Sequence[str]) -> int:
    """Print what is found in some files; return 1 if there is anything."""
    patterns = read_patterns(LIST.read_text(encoding="utf-8"))
    status = 0
    for path in paths:
        for number, found, instead in find_wording(Path(path).read_text(encoding="utf-8"), patterns):
            sys.stdout.write(f"{path}:{number}: {found!r}: write {instead}\n")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
