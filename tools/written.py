"""Write a generated file, and print whether it changed."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def write(path: Path, text: str) -> None:
    """Write a file of the repository if its text differs, and print what was done."""
    changed = not path.exists() or path.read_text(encoding="utf-8") != text
    if changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {'written' if changed else 'unchanged'}")  # noqa: T201 - a command's answer
