"""Python on pages that is a part of a script: what of it can hold without the rest."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from importlib.util import find_spec

from ptt_runtime import DiagnosticsCallback
from ptt_runtime.migrating import PARAMETERS

ARGUMENTS = {*inspect.signature(DiagnosticsCallback).parameters, *PARAMETERS}


def faults_of(text: str) -> list[str]:
    """What is wrong with a snippet: its syntax, names of ptt that are not there, arguments."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        return [f"line {error.lineno}: {error.msg}"]
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ptt_"):
            found += [
                f"`{node.module}` has no `{alias.name}`"
                for alias in node.names
                if not _has(str(node.module), alias.name)
            ]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "DiagnosticsCallback":
            given = {keyword.arg for keyword in node.keywords if keyword.arg}
            found += [f"DiagnosticsCallback has no `{name}`" for name in given - ARGUMENTS]
    return found


def _has(module: str, name: str) -> bool:
    """Whether a module has a name, or a module below it."""
    return hasattr(import_module(module), name) or find_spec(f"{module}.{name}") is not None
