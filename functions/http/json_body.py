"""Read a JSON body strictly: what it says must have one meaning."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

# Up to here every integer is a float too.
_LARGEST_EXACT = 2**53
# API Gateway passes JSON on as text, with this character for each sequence of bytes that is not UTF-8.
_REPLACEMENT = "\ufffd"


class MalformedJson(ValueError):  # noqa: N818 - reads as what it is: the body is malformed JSON
    """The body is not one well-formed JSON object; the sentence says what is wrong, never what it holds."""


def parse_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in a UTF-8 body.

    Raises `MalformedJson` for anything else: other encodings, other JSON values, NaN and Infinity, nesting
    past Python's limits, a key given twice (one reader would take the first, the next the last), and half
    of a surrogate pair, which is no text: nothing behind this could store it or write it back.
    """
    try:
        value = json.loads(
            _text_of(body),
            object_pairs_hook=_unique_keys,
            parse_constant=_refuse_constant,
            parse_float=_number,
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJson("The body is not UTF-8.") from error
    except UnicodeEncodeError as error:
        raise MalformedJson("The body has half of a surrogate pair, which is no text.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedJson(f"The body is not JSON at {where}: {error.msg}.") from error
    except RecursionError as error:
        raise MalformedJson("The body is nested too deeply.") from error
    except MalformedJson:
        raise
    except (ValueError, InvalidOperation) as error:  # thousands of digits, of an integer or an exponent
        raise MalformedJson("The body has a number that is too long.") from error
    if not isinstance(value, dict):
        raise MalformedJson("The body is not a JSON object.")
    return value


def _text_of(body: bytes) -> str:
    text = body.decode("utf-8")
    if not text.strip():
        raise MalformedJson("The body is empty.")
    if _REPLACEMENT in text:
        raise MalformedJson("The body is not UTF-8; if it is, write the character U+FFFD as \\ufffd.")
    return text


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise MalformedJson("The body has the same key twice in one object.")
    return unique


def _number(text: str) -> int | float:
    """Return what a point or an exponent was written in: 5.0 is the integer 5, as in JSON Schema."""
    value = float(text)
    is_exact = value.is_integer() and abs(value) <= _LARGEST_EXACT and Decimal(text) == int(value)
    return int(value) if is_exact else value


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedJson(f"The body is not JSON: it has {name}.")
