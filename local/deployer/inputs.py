"""Read a resource's inputs, and notice any that a creator has not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pulumi.runtime import rpc

from local.deployer.errors import ResourceError

Kind = TypeVar("Kind")


def plain(value: Any) -> Any:  # noqa: ANN401 - any value that Pulumi's wire format holds
    """Return a value as the program declared it: secrets unwrapped, whole numbers as integers.

    The wire knows only floating-point numbers, and AWS's services refuse 30.0 where they want 30.
    """
    if rpc.is_rpc_secret(value):
        return plain(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


class Inputs:
    """The inputs of a resource; `finish` raises ResourceError for those that were not taken."""

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        """Store plain values; an input that is None counts as not given."""
        self._values = {name: value for name, value in values.items() if value is not None}
        self._left = dict(self._values)
        self._path = path
        self._nested: list[Inputs] = []

    @property
    def values(self) -> Mapping[str, Any]:
        """Return every input, taken or not."""
        return self._values

    def take(self, name: str, kind: type[Kind]) -> Kind:
        """Return an input that must be given."""
        value = self.take_optional(name, kind)
        if value is None:
            raise ResourceError(f'the input "{self._path}{name}" is missing')
        return value

    def take_optional(self, name: str, kind: type[Kind]) -> Kind | None:
        """Return an input, or None where it is not given."""
        value = self._left.pop(name, None)
        if value is not None and not isinstance(value, kind):
            expected, found = kind.__name__, type(value).__name__
            raise ResourceError(f'the input "{self._path}{name}" is a {found}, not a {expected}')
        return value

    def take_as(self, **names: str) -> dict[str, Any]:
        """Return the given ones of these inputs, under the names of the request: `timeout="Timeout"`."""
        return {new: self._left.pop(name) for name, new in names.items() if name in self._left}

    def take_tags(self, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
        """Return the input `tags` as the list of pairs that many services take, under their names."""
        tags = self.take_optional("tags", dict) or {}
        return [{key: name, value: text} for name, text in tags.items()]

    def take_nested(self, name: str) -> Inputs:
        """Return an input that is an object, as inputs of its own; without the input they are empty."""
        return self._nest(f"{name}.", self.take_optional(name, dict) or {})

    def take_each(self, name: str) -> Iterator[Inputs]:
        """Return, one by one, the objects in an input that is a list of them."""
        for index, value in enumerate(self.take_optional(name, list) or []):
            yield self._nest(f"{name}[{index}].", value)

    def finish(self) -> None:
        """Raise ResourceError unless every input was taken, the nested ones as well."""
        left = ", ".join(self.untaken())
        if left:
            raise ResourceError(f"the laptop's deployer does not know these inputs: {left}")

    def untaken(self) -> Iterator[str]:
        """List the paths of the inputs that were not taken."""
        yield from (f"{self._path}{name}" for name in sorted(self._left))
        for nested in self._nested:
            yield from nested.untaken()

    def _nest(self, path: str, values: dict[str, Any]) -> Inputs:
        nested = Inputs(values, self._path + path)
        self._nested.append(nested)
        return nested
