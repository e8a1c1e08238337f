"""A Trust in a file, so that a receiver is the same program on a laptop and in production."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from .refusals import MalformedRequest
from .sources import SigningAuthority
from .strict_json import parse_object
from .trust import Trust


def read_trust(path: Path | str, *, webhook_ids: Collection[str] | Callable[[str], bool]) -> Trust:
    """Read a JSON file with `client_id`, `topic_arns` and, for an emulator, `authority`.

    `make local` writes one. A relative `ca_file` is beside the file. Raises OSError where the file cannot be
    read, ValueError for its content.
    """
    path = Path(path)
    try:
        # Windows' editors and shells begin a file with a byte order mark.
        document = parse_object(path.read_text(encoding="utf-8-sig"), str(path))
    except MalformedRequest as error:
        raise ValueError(error.sentence) from None
    _check_names(document, {"client_id", "topic_arns"}, {"authority"}, str(path))
    authority = _authority(document.get("authority"), path)
    try:
        return Trust(
            client_id=document["client_id"],
            topic_arns=document["topic_arns"],
            webhook_ids=webhook_ids,
            authority=authority,
        )
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _authority(given: Any, path: Path) -> SigningAuthority | None:  # noqa: ANN401 - any JSON value
    if given is None:
        return None
    if not isinstance(given, dict):
        raise ValueError(f"{path}: authority is an object")  # noqa: TRY004 - the file's content, not a type
    where = f"{path}: authority"
    _check_names(given, {"certificate_origin", "confirmation_origin", "ca_file"}, set(), where)
    if not isinstance(given["ca_file"], str) or not given["ca_file"]:
        raise ValueError(f"{where}: ca_file is a path")
    return SigningAuthority(
        certificate_origin=given["certificate_origin"],
        confirmation_origin=given["confirmation_origin"],
        ca_file=path.parent / given["ca_file"],
    )


def _check_names(document: dict[str, Any], required: set[str], optional: set[str], where: str) -> None:
    if missing := required - set(document):
        raise ValueError(f"{where} has no {', '.join(sorted(missing))}")
    if unknown := set(document) - required - optional:
        known = ", ".join(sorted(required | optional))
        raise ValueError(f"{where}: {', '.join(sorted(unknown))} is not known; it has {known}")
