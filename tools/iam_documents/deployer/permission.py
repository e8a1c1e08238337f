"""What one kind of resource takes, from its creation to its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.iam_documents.deployer.place import Place

Condition = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Permission:
    """Actions on some resources. What the AWS provider calls is known from its source, not from a page."""

    resources: Callable[[Place], Sequence[str]]
    """The ARNs, with patterns where names are made up by Pulumi or by AWS."""
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
        """What a deployment does."""
        phases = (self.create, self.read, self.read_data, self.update, self.delete, self.tag)
        return tuple(dict.fromkeys(action for phase in phases for action in phase))


Table = Mapping[str, tuple[Permission, ...]]
"""By type of resource, all that it takes."""


def everywhere(_place: Place) -> list[str]:
    """Return the star, for actions that have their reason in `WILDCARD_REASONS`."""
    return ["*"]
