"""Make the stack's functions alike: name, role, code and defaults from one word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pulumi

from infra import iam
from infra.lambdas.python_function import FunctionDefaults, PythonFunction, PythonFunctionArgs
from infra.lambdas.role import FunctionRole, FunctionRoleArgs


@dataclass(frozen=True, kw_only=True)
class FunctionKit:
    """What is the same for every function: `accept_order` is its handler module and, dashed, its name."""

    account_id: pulumi.Input[str]
    defaults: FunctionDefaults
    made: dict[str, PythonFunction] = field(default_factory=dict)
    """Every function, by its name: what watches them must forget none."""

    def within(self, timeout_seconds: int) -> FunctionKit:
        """Return a kit whose functions run no longer than that; it notes them together with this one's."""
        shorter = min(self.defaults.timeout_seconds, timeout_seconds)
        return replace(self, defaults=replace(self.defaults, timeout_seconds=shorter))

    def role(self, handler_module: str) -> FunctionRole:
        """Make the role of a function that something must know before the function exists."""
        return FunctionRole(_resource_name(handler_module), FunctionRoleArgs(account_id=self.account_id))

    def function(
        self,
        handler_module: str,
        description: str,
        *,
        role: FunctionRole | None = None,
        environment: Mapping[str, pulumi.Input[str]] | None = None,
        statements: Sequence[iam.Statement] = (),
    ) -> PythonFunction:
        """Make a function, and its role unless it is given."""
        name = _resource_name(handler_module)
        self.made[name] = PythonFunction(
            name,
            PythonFunctionArgs(
                defaults=self.defaults,
                role=role or self.role(handler_module),
                handler_module=handler_module,
                description=description,
                environment=environment or {},
                statements=statements,
            ),
        )
        return self.made[name]


def _resource_name(handler_module: str) -> str:
    return handler_module.replace("_", "-")
