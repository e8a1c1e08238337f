"""Write the document: python -m interface."""

from __future__ import annotations

from pathlib import Path

from interface.document import render_document

FILE = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"

if __name__ == "__main__":
    FILE.write_text(render_document(), encoding="utf-8")
