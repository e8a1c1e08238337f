"""Parse the JSON in an attribute, and refuse what is not JSON with SNS's texts.

SNS parses with Jackson and returns its messages. The two that were recorded are reproduced; for other faults
the Python parser's message follows SNS's first sentence. Jackson's second line, the position, is left out.
"""

from __future__ import annotations

import json
import re
from typing import Any

from local.sns.errors import invalid_parameter

_TOKEN = re.compile(r"[^\s{}\[\],:\"]+")


def parse_object(text: str, attribute: str) -> dict[str, Any]:
    """Return the JSON object in an attribute's text; raise SnsError if there is none."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise invalid_parameter(f"{attribute}: failed to parse JSON. {_explain(error)}") from error
    if not isinstance(value, dict):
        raise invalid_parameter(f"{attribute}: failed to parse JSON. A JSON object was expected")
    return value


def _explain(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos :]
    if error.msg.startswith("Expecting property name") and rest:
        return (
            f"Unexpected character ('{rest[0]}' (code {ord(rest[0])})): "
            "was expecting double-quote to start field name"
        )
    token = _TOKEN.match(rest)
    if error.msg == "Expecting value" and token:
        word = token[0].partition("-")[0]
        return (
            f"Unrecognized token '{word}': was expecting "
            "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        )
    return str(error)
