"""Replace orders by another noun, in every file and in the names of files: once, in a project of your own.

    python -m tools.rename_domain booking             # the plural is bookings
    python -m tools.rename_domain delivery deliveries

It changes the words, not what an order consists of: docs/adopting.md.
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
    r"order[-_ ]webhooks|ORDER_WEBHOOKS|Order ?Webhooks|OrderedDict|reverseOrder"
    r"|orderBy|order_by|log_record_order"
    r"|\bin order(?=[ ,;]|\.(?:\s|\"|$))|\bin their order\b|, in this order\b"
    r"|\bthe order of\b|\border of (?:arrival|their|the)\b",
)
_WORDS = re.compile(r"(?<![A-Za-z])orders?(?![a-z])|Orders?(?![a-z])|(?<![A-Z])ORDERS?(?![A-Z])")
_ARTICLE = re.compile(r"\b([Aa])n(?= `?(?:orders?|Orders?)(?![a-z]))")
_NOUN = re.compile(r"[a-z]+")
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


def _renamed(text: str, singular: str, plural: str) -> str:
    if singular[0] not in "aeiou":
        text = _ARTICLE.sub(r"\1", text)

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
    sys.stdout.write(
        f"{len(changed)} files changed. Next: make format docs openapi policies, then make test.\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
