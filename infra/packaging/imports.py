"""Which files of our own package one handler needs, read from its imports without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.packaging.errors import PackagingError


@dataclass(frozen=True, slots=True)
class _Import:
    """One name that a module imports: `module` must exist, `name` may be a module in it."""

    module: str
    name: str | None
    where: str


def files_of(root: Path, handler_module: str) -> tuple[str, ...]:
    """Return the files that a handler needs of its own package, sorted, relative to `root`, with slashes.

    Imports inside functions count; those under `if TYPE_CHECKING` do not run and do not count; an import by a
    computed name cannot be seen. Raises PackagingError for a module of the package that is imported but
    missing.
    """
    package = handler_module.partition(".")[0]
    found: dict[str, Path] = {}
    pending = [_Import(module=handler_module, name=None, where="the program")]
    while pending:
        wanted = pending.pop()
        for module in _chain(wanted.module):
            if module not in found:
                found[module] = _existing(root, module, wanted.where)
                pending += [i for i in _imports(root, module, found[module]) if _is_within(i.module, package)]
        if wanted.name is not None:
            pending += _submodule(root, wanted, found[wanted.module])
    return tuple(sorted(path.relative_to(root).as_posix() for path in found.values()))


def _chain(module: str) -> list[str]:
    """List a module with the packages around it: importing a.b.c runs a and a.b first."""
    parts = module.split(".")
    return [".".join(parts[: end + 1]) for end in range(len(parts))]


def _is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _file(root: Path, module: str) -> Path | None:
    base = root.joinpath(*module.split("."))
    candidates = (base / "__init__.py", base.parent / f"{base.name}.py")
    return next((path for path in candidates if path.is_file()), None)


def _existing(root: Path, module: str, where: str) -> Path:
    path = _file(root, module)
    if path is None:
        name = module.replace(".", "/")
        raise PackagingError(
            f"{where} imports {module}, but there is neither {name}.py nor {name}/__init__.py: "
            "correct the import or add the module."
        )
    return path


def _submodule(root: Path, wanted: _Import, container: Path) -> list[_Import]:
    """Follow `from package import name` when the name is a module; otherwise the package must define it."""
    module = f"{wanted.module}.{wanted.name}"
    if _file(root, module) is None and (
        container.name != "__init__.py" or wanted.name in _defined(container)
    ):
        return []
    return [_Import(module=module, name=None, where=wanted.where)]


def _defined(path: Path) -> set[str]:
    """Collect the names that a file binds anywhere."""
    names: set[str] = set()
    for node in ast.walk(_parse(path.read_bytes(), path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
    return names


def _imports(root: Path, module: str, path: Path) -> tuple[_Import, ...]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    return _imports_in(path.read_bytes(), package, path, path.relative_to(root).as_posix())


# The handlers have most of their modules in common.
@cache
def _imports_in(code: bytes, package: str, path: Path, shown: str) -> tuple[_Import, ...]:
    return tuple(_read_imports(_parse(code, path), package, shown))


def _read_imports(tree: ast.Module, package: str, shown: str) -> Iterator[_Import]:
    for node in _running(tree):
        if isinstance(node, ast.Import):
            where = f"{shown}:{node.lineno}"
            yield from (_Import(module=alias.name, name=None, where=where) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            where = f"{shown}:{node.lineno}"
            source = _source(node, package, where)
            for alias in node.names:
                yield _Import(module=source, name=None if alias.name == "*" else alias.name, where=where)


def _source(node: ast.ImportFrom, package: str, where: str) -> str:
    """Give the absolute name of the module that `from ... import` names."""
    if node.level == 0:
        return node.module or ""
    parts = package.split(".")
    if node.level > len(parts):
        raise PackagingError(f"{where} imports from above the top of its package: write the import in full.")
    return ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Walk the nodes that run: all but the body of `if TYPE_CHECKING`."""
    yield node
    children = (
        node.orelse
        if isinstance(node, ast.If) and _is_type_checking(node.test)
        else ast.iter_child_nodes(node)
    )
    for child in children:
        yield from _running(child)


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", None)
    return name == "TYPE_CHECKING"


def _parse(code: bytes, path: Path) -> ast.Module:
    try:
        return ast.parse(code, filename=str(path))
    except SyntaxError as error:
        raise PackagingError(
            f"{path}:{error.lineno} is not valid Python ({error.msg}): correct it."
        ) from None
