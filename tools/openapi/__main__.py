"""Write the document: python -m tools.openapi."""

from __future__ import annotations

from pathlib import Path

from tools.openapi.document import render_document
from tools.written import write

FILE = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"

if __name__ == "__main__":
    write(FILE, render_document())
