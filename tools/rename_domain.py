"""Replace orders by another noun, in every file and in the names of files: once, in a project of your own.

    make rename NOUN=booking                      # the plural is bookings
    make rename NOUN="delivery deliveries"

It changes the words, not what an order consists of: docs/adopting.md. The same release and noun give the same
files, so that a later release can be renamed as well before it is merged.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Names that are fixed, names of AWS and Python, and English that is not about orders.
_KEPT = re.compile(
    r"decisions/\d{4}-[a-z0-9-]+|order[-_ ]webhooks|ORDER_WEBHOOKS|Order ?Webhooks|OrderedDict|reverseOrder"
    r"|orderBy|order_by|log_record_order"
    r"|\bin order(?=[ ,;]|\.(?:\s|\"|$))|\b[Ii]n (?:any|no|their|this|the same) order\b"
    r"|_in_order(?=\()|_out_of_order\b|_the_order_of_|\bin the order of\b|\border of (?:arrival|their|the)\b",
)
_WORDS = re.compile(r"(?<![A-Za-z])orders?(?![a-z])|Orders?(?![a-z])|(?<![A-Z])ORDERS?(?![A-Z])")
_ARTICLE = re.compile(r"\b([Aa])n(?= `?(?:orders?|Orders?)(?![a-z]))|(?<=[-_#])(a)n(?=[-_]orders?(?![a-z]))")
_NOUN = re.compile(r"[a-z]+")
_LIMIT = re.compile(r"(?m)^max-line-length = (\d+)$")
_TOO_LONG = re.compile(r"E501 Line too long \((\d+) > \d+\)")
# Locked, recorded or written about the past.
_LEFT_OUT = re.compile(
    r"(^|/)requirements[^/]*\.txt$|package-lock\.json$|^tests/receiver/vectors/|^docs/decisions/"
    r"|^CHANGELOG\.md$|^LICENSE$|^tools/rename_domain\.py$|^tools/engine/|^tests/tools/test_rename_domain\.py$"
)


def renamed(text: str, singular: str, plural: str) -> str:
    """Return a text with the noun in place of `order`, in the same case."""
    parts = []
    end = 0
    for kept in _KEPT.finditer(text):
        parts += [_renamed(text[end : kept.start()], singular, plural), kept[0]]
        end = kept.end()
    return "".join([*parts, _renamed(text[end:], singular, plural)])


def rename_project(root: Path, singular: str, plural: str) -> list[Path]:
    """Rename in all files of a git checkout; return the paths of those that changed, as they are now."""
    changed = []
    for path in _files(root):
        new_path = Path(renamed(path.as_posix(), singular, plural))
        try:
            text = (root / path).read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
        new_text = renamed(text, singular, plural)
        if (new_path, new_text) == (path, text):
            continue
        (root / path).write_bytes(new_text.encode())
        if new_path != path:
            (root / new_path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).rename(root / new_path)
        changed.append(new_path)
    _remove_empty_folders(root)
    return changed


def format_project(root: Path) -> None:
    """Sort imports and wrap code again, and let comments be as long as the longest has become.

    What is one line or two, and which exceptions a line needs, depends on its length too.
    """
    _fix(root, "--select", "I")
    long_lines = _ruff(root, "check", "--select", "E501", "--output-format", "concise", ".")
    settings = root / "pyproject.toml"
    longest = max(map(int, _TOO_LONG.findall(long_lines)), default=0)
    settings.write_text(
        _LIMIT.sub(lambda now: f"max-line-length = {max(longest, int(now[1]))}", settings.read_text())
    )
    _fix(root, "--unsafe-fixes")


def _fix(root: Path, *options: str) -> None:
    _ruff(root, "check", "--quiet", "--fix", *options, ".")
    _ruff(root, "format", "--quiet", ".")


def _ruff(root: Path, *arguments: str) -> str:
    # It fails where it finds something.
    command = [sys.executable, "-m", "ruff", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout  # noqa: S603 - fixed


def _renamed(text: str, singular: str, plural: str) -> str:
    if singular[0] not in "aeiou":
        text = _ARTICLE.sub(lambda article: article[0][0], text)

    def noun(match: re.Match[str]) -> str:
        word = match[0]
        new = plural if word.lower() == "orders" else singular
        return new.upper() if word.isupper() else new.capitalize() if word[0].isupper() else new

    return _WORDS.sub(noun, text)


def _files(root: Path) -> Iterator[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)  # noqa: S603 - fixed
    for name in sorted(filter(None, listed.stdout.split("\0"))):
        if not _LEFT_OUT.search(name) and (root / name).is_file() and not (root / name).is_symlink():
            yield Path(name)


def _remove_empty_folders(root: Path) -> None:
    for folder in sorted(root.rglob("*order*"), reverse=True):
        kept_apart = {".git", ".venv", "node_modules", ".cache"} & set(folder.relative_to(root).parts)
        if folder.is_dir() and not kept_apart and not any(folder.iterdir()):
            folder.rmdir()


def main(arguments: Sequence[str] | None = None) -> int:
    """Rename, and say what to do next."""
    parser = argparse.ArgumentParser(prog="python -m tools.rename_domain", description=__doc__)
    parser.add_argument("singular", help="the noun in lower case, such as booking")
    parser.add_argument("plural", nargs="?", help="its plural, where that is not the noun with an s")
    options = parser.parse_args(arguments)
    singular, plural = options.singular, options.plural or f"{options.singular}s"
    if not _NOUN.fullmatch(singular) or not _NOUN.fullmatch(plural):
        parser.error("the noun is one word of small letters")
    changed = rename_project(ROOT, singular, plural)
    format_project(ROOT)
    sys.stdout.write(f"{len(changed)} files renamed.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
