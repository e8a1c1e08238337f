"""Regenerate the generated parts of docs/: python -m tools.docs_generator."""

from __future__ import annotations

from tools.docs_generator.pages import render_pages
from tools.written import write

if __name__ == "__main__":
    for path, text in render_pages().items():
        write(path, text)
