"""Names for resources that the program leaves unnamed, the same in every run."""

from __future__ import annotations

import hashlib

_SUFFIX_LENGTH = 7


def automatic_name(stack: str, resource_type: str, logical_name: str, *, longest: int) -> str:
    """Return the logical name with a suffix, as Pulumi gives it, cut to the service's limit in characters.

    The suffix distinguishes stacks, types, and long names that are cut to the same beginning.
    """
    whole = "\0".join([stack, resource_type, logical_name])
    suffix = hashlib.sha256(whole.encode()).hexdigest()[:_SUFFIX_LENGTH]
    return f"{logical_name[: longest - len(suffix) - 1]}-{suffix}"
