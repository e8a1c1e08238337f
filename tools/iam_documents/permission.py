"""The IAM actions that one type of resource needs, from its creation to its deletion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.iam_documents.place import Place

Condition = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Permission:
    """Actions on some resources. The AWS provider's source, not a page, shows what it calls."""

    resources: Callable[[Place], Sequence[str]]
    """The ARNs, with patterns where Pulumi or AWS generates the names."""
    create: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    update: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    read_data: tuple[str, ...] = ()
    """What a deployment reads and a preview must not: secrets and clients' data."""
    condition: Callable[[Place], Condition] | None = None

    @property
    def all_actions(self) -> tuple[str, ...]:
        """The actions of a deployment."""
        phases = (self.create, self.read, self.read_data, self.update, self.delete, self.tag)
        return tuple(dict.fromkeys(action for phase in phases for action in phase))


Table = Mapping[str, tuple[Permission, ...]]
"""The permissions that each type of resource needs."""


def everywhere(_place: Place) -> list[str]:
    """Return the star, for actions that have their reason in `WILDCARD_REASONS`."""
    return ["*"]
