"""Regenerate the generated parts of docs/: python -m tools.docs_generator."""

from __future__ import annotations

from tools.docs_generator.pages import ROOT, render_pages

if __name__ == "__main__":
    for path, text in render_pages().items():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")  # noqa: T201 - a command's answer
