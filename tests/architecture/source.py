"""The project's own Python files, parsed once: what each imports and which functions it holds."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("coordination", "policies")
EVERYWHERE = (*OURS, "migrations", "tests", "tools", "bench")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of ours."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def where(self) -> str:
        """The path from the root of the checkout."""
        return str(self.path.relative_to(ROOT))

    @property
    def imports(self) -> frozenset[str]:
        """The dotted name of everything it imports, wherever in the file: modules and names from modules alike."""
        return frozenset(_imported(self.tree))

    @property
    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    @property
    def public_functions(self) -> Iterator[Function]:
        """The functions of the module, and the methods of its public classes, that others may call."""
        classes = (node for node in self.tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))
        for body in (self.tree.body, *(holder.body for holder in classes)):
            yield from (node for node in body if isinstance(node, Function) and not node.name.startswith("_"))

    def imports_from(self, *packages: str) -> list[str]:
        """Name what it imports from these packages."""
        return sorted(
            name
            for name in self.imports
            if any(name == package or name.startswith(package + ".") for package in packages)
        )


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Return the files below these folders of the checkout."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(_parsed(path) for path in paths if "node_modules" not in path.parts)


def below(package: str) -> tuple[Module, ...]:
    """Return the files of one package of ours, such as ``coordination.core``."""
    found = modules(*OURS)
    return tuple(module for module in found if module.name == package or module.name.startswith(package + "."))


def lines(function: Function) -> int:
    """Count the lines of a function from its ``def``, without decorators."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _parsed(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(path, name, text, ast.parse(text, str(path)))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
