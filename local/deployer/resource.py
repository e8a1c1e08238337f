"""The argument and the result of a creator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.deployer.inputs import Inputs
from local.deployer.naming import automatic_name
from local.deployer.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResource:
    """A resource that the program declares, with all its dependencies created."""

    type: str
    name: str
    """The program's own name for it."""
    inputs: Inputs
    site: Site

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients have no common type
        """Return the service's client."""
        return self.site.clients[service]

    def physical_name(self, *, longest: int) -> str:
        """Take the input `name`, or make a name of at most `longest` characters."""
        return self.inputs.take_optional("name", str) or self.automatic_name(longest=longest)

    def automatic_name(self, *, longest: int) -> str:
        """Make a name of at most `longest` characters."""
        return automatic_name(self.site.stack, self.type, self.name, longest=longest)


@dataclass(frozen=True, slots=True)
class Created:
    """A resource in the cloud: its ID, and the outputs that are not among its inputs."""

    id: str
    outputs: Mapping[str, Any] = field(default_factory=dict)


Creator = Callable[[NewResource], Created]
