"""House rules of statements: who may print, and that no exception is hidden."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.sources import is_in, place, sources

PRINTERS = ["ptt_rules/cli", "ptt_rules/observing/console", "ptt_runtime/demo"]
BROAD = {"Exception", "BaseException"}
EMPTY = (ast.Pass, ast.Continue, ast.Break)


def faults(where: str, text: str) -> list[str]:
    """What one source does that nobody may do there."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and _prints(node) and not is_in(where, PRINTERS):
            found.append(f"line {node.lineno}: prints")
        if isinstance(node, (ast.Call, ast.ExceptHandler)) and _hides(node):
            found.append(f"line {node.lineno}: hides an exception")
    return found


def _prints(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "print"


def _hides(node: ast.Call | ast.ExceptHandler) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return _drops(node)
    is_suppress = ast.unparse(node.func) in ("suppress", "contextlib.suppress")
    return is_suppress and any(_is_broad(caught) for caught in node.args)


def _drops(handler: ast.ExceptHandler) -> bool:
    """A broad handler that neither keeps the exception nor raises, or does nothing with it."""
    if not _is_broad(handler.type):
        return False
    if handler.name is None:
        return not any(isinstance(node, ast.Raise) for node in ast.walk(handler))
    return all(isinstance(node, EMPTY) or _is_constant(node) for node in handler.body)


def _is_broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(_is_broad(each) for each in caught.elts)
    return caught is None or ast.unparse(caught) in BROAD


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@pytest.mark.parametrize("path", sources(), ids=place)
def test_a_source_keeps_the_house_rules(path: Path) -> None:
    assert faults(place(path), path.read_text()) == []


@pytest.mark.parametrize(
    ("where", "text", "fault"),
    [
        ("ptt_rules/evaluation/a", "print(1)", "prints"),
        ("ptt_rules/evaluation/a", "try:\n    x\nexcept Exception:\n    pass", "hides"),
        ("ptt_rules/evaluation/a", "try:\n    x\nexcept:\n    y = 1", "hides"),
        (
            "ptt_rules/evaluation/a",
            "try:\n    x\nexcept (OSError, Exception) as e:\n    ...",
            "hides",
        ),
        ("ptt_rules/evaluation/a", "with contextlib.suppress(Exception):\n    x", "hides"),
    ],
)
def test_a_bad_habit_is_found(where: str, text: str, fault: str) -> None:
    assert any(fault in told for told in faults(where, text))


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("ptt_rules/cli/a", "print(1)"),
        ("ptt_rules/evaluation/a", "try:\n    x\nexcept OSError:\n    pass"),
        ("ptt_rules/evaluation/a", "try:\n    x\nexcept BaseException:\n    raise"),
        ("ptt_rules/evaluation/a", "try:\n    x\nexcept Exception as e:\n    tell(e)"),
    ],
)
def test_what_is_allowed_is_no_fault(where: str, text: str) -> None:
    assert faults(where, text) == []
