"""Reads the project's own source as syntax trees, for tests about its shape."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PURE = ("bot.posts", "bot.formatting", "bot.delivery")
"""The packages that decide and never act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One source file: its dotted name, where it stands, and its tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        """True for an ``__init__.py``."""
        return self.path.name == "__init__.py"


def parse_module(name: str, path: Path) -> Module:
    """The module in the file ``path``."""
    return Module(name=name, path=path, tree=ast.parse(path.read_text("utf-8"), filename=str(path)))


def project_modules(root: Path = ROOT) -> dict[str, Module]:
    """Every module of the packages ``bot`` and ``cogs`` below ``root``, by dotted name."""
    paths = sorted(path for package in ("bot", "cogs") for path in (root / package).rglob("*.py"))
    names = [".".join(path.relative_to(root).with_suffix("").parts) for path in paths]
    modules = (
        parse_module(name.removesuffix(".__init__"), path) for name, path in zip(names, paths, strict=True)
    )
    return {module.name: module for module in modules}


def is_within(name: str, packages: Iterable[str]) -> bool:
    """True where the dotted ``name`` is one of ``packages`` or lies below one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def imported_names(module: Module) -> Iterator[str]:
    """Every dotted name that ``module`` imports: at its top, in a function, or for typing alone.

    ``from a import b`` yields ``a`` and ``a.b``, for ``b`` may be a module.
    """
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    """The dotted name that ``from X import`` stands for, leading dots resolved."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    kept = parts[: len(parts) - node.level + (1 if module.is_package else 0)]
    return ".".join([*kept, *(node.module or "").split(".")]).rstrip(".")


def chain_to(start: str, forbidden: tuple[str, ...], modules: Mapping[str, Module]) -> tuple[str, ...]:
    """The shortest chain of imports from ``start`` to a forbidden name, empty where there is none."""
    seen = {start}
    queue: deque[tuple[str, ...]] = deque([(start,)])
    while queue:
        chain = queue.popleft()
        for name in sorted(set(imported_names(modules[chain[-1]]))):
            if is_within(name, forbidden):
                return (*chain, name)
            # Importing a.b.c runs a and a.b first.
            parts = name.split(".")
            parents = (".".join(parts[: end + 1]) for end in range(len(parts)))
            new = [parent for parent in parents if parent in modules and parent not in seen]
            seen.update(new)
            queue.extend((*chain, parent) for parent in new)
    return ()
