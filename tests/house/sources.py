"""The sources of both packages, and what each imports, as `ast` sees it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("ptt_rules", "ptt_runtime")


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, with the names taken from it."""

    module: str
    names: tuple[str, ...]
    node: ast.AST

    @property
    def library(self) -> str:
        return self.module.partition(".")[0]


def sources(*packages: str) -> list[Path]:
    return sorted(path for package in packages or OURS for path in (ROOT / package).rglob("*.py"))


def place(path: Path) -> str:
    """A file's path in the project without its ending, such as `ptt_rules/language/check/scope`."""
    return path.relative_to(ROOT).with_suffix("").as_posix()


def is_in(where: str, folders: list[str]) -> bool:
    return any(where == folder or where.startswith(f"{folder}/") for folder in folders)


def imports(tree: ast.AST) -> Iterator[Import]:
    """Imports by statement, and those by name whose name is written out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, (), node)
        elif isinstance(node, ast.ImportFrom):
            # a relative import keeps its dots, so that no rule takes it for a library
            module = "." * node.level + (node.module or "")
            yield Import(module, tuple(alias.name for alias in node.names), node)
        elif (argument := imported_by_name(node)) and isinstance(argument, ast.Constant):
            yield Import(str(argument.value), (), node)


def imported_by_name(node: ast.AST) -> ast.expr | None:
    """What `import_module(…)` or `__import__(…)` is asked for."""
    if not isinstance(node, ast.Call) or not node.args:
        return None
    called = ast.unparse(node.func).rpartition(".")[2]
    return node.args[0] if called in ("import_module", "__import__") else None
