"""Write the document: python -m tools.openapi."""

from __future__ import annotations

from pathlib import Path

from tools.openapi.document import render_document

FILE = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"

if __name__ == "__main__":
    FILE.write_text(render_document(), encoding="utf-8")
