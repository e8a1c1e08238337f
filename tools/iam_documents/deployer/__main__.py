"""Print the policies of a stack's deployer and previewer, or regenerate those in docs/."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

from tools.iam_documents.deployer.documents import deployer_documents, preview_documents
from tools.iam_documents.place import EXAMPLE, Place
from tools.iam_documents.policies import text_of
from tools.written import write

DOCS = Path(__file__).resolve().parents[3] / "docs"
FILES = {"deployer-policy.json": deployer_documents, "deployer-preview-policy.json": preview_documents}


def main(arguments: list[str]) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.iam_documents.deployer", description=__doc__)
    parser.add_argument("--preview", action="store_true", help="the previewer's instead of the deployer's")
    parser.add_argument("--write", action="store_true", help="write the example's into docs/ instead")
    for field in dataclasses.fields(Place):
        default = getattr(EXAMPLE, field.name)
        parser.add_argument(f"--{field.name.replace('_', '-')}", default=default, help=f"default: {default}")
    options = vars(parser.parse_args(arguments))
    preview = options.pop("preview")
    if options.pop("write"):
        for name, documents in FILES.items():
            write(DOCS / name, text_of(documents(EXAMPLE)))
        return 0
    place = dataclasses.replace(EXAMPLE, **options)
    sys.stdout.write(text_of((preview_documents if preview else deployer_documents)(place)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
