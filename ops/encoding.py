"""Write to terminals and files whose encoding does not have every character."""

from __future__ import annotations

import codecs
import io
import json
import sys

_SUBSTITUTES = {
    "✓": "+",
    "✗": "x",
    "↻": "~",
    "…": "...",
    "→": "->",
}
_ERROR_HANDLER = "ops.substitute"


def _substitute(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character = error.object[error.start]
    # As JSON escapes it, so that `--json` stays JSON.
    return _SUBSTITUTES.get(character, json.dumps(character)[1:-1]), error.start + 1


def substitute_symbols() -> None:
    """Write what the encoding of standard output and error lacks in ASCII: ✓ as +, 漢 as its JSON escape.

    The encoding is the terminal's, or PYTHONIOENCODING's. Without this, Python raises UnicodeEncodeError.
    """
    codecs.register_error(_ERROR_HANDLER, _substitute)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ERROR_HANDLER)
