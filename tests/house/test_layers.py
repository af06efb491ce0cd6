"""House rules of the sources: who may import what, and a few things that nobody may do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Import your own row or an earlier one.
ROWS = [
    {"_version", "source", "resources"},
    {"diagnostics", "codes", "rows"},
    {"types"},
    {"syntax"},
    {"ir"},
    {"functions"},
    {"check", "passes"},
    {"backends"},
    {"engine"},
    {"packs", "logs"},
    {"replaying", "report"},
    {"cli"},
]
RANK = {name: rank for rank, names in enumerate(ROWS) for name in names}

# Each library is imported in few places; a place is a file or folder, without its ending.
LIBRARIES = {
    "lark": ["ptt_rules/syntax"],
    "polars": [
        "ptt_rules/backends/polars",
        "ptt_rules/engine/replay",
        "ptt_rules/logs",
        "ptt_rules/replaying",
        "ptt_rules/report/picture",
    ],
    "matplotlib": ["ptt_rules/report/picture"],
    "packaging": ["ptt_rules/packs"],
    "transformers": ["ptt_runtime/callback", "ptt_runtime/demo"],
    "torch": ["ptt_runtime/provenance", "ptt_runtime/demo"],
    "datasets": ["ptt_runtime/demo"],
    "tokenizers": ["ptt_runtime/demo"],
    "trl": [],
}
"""`trl` is imported by name at run time, in the demo alone."""

PUBLIC = ("ptt_rules", "ptt_rules.report", "ptt_rules.report.picture")
"""What the runtime may use of the language and its tools."""

PRINTERS = ["ptt_rules/cli", "ptt_runtime/console", "ptt_runtime/demo"]


def _sources() -> list[Path]:
    return sorted([*(ROOT / "ptt_rules").rglob("*.py"), *(ROOT / "ptt_runtime").rglob("*.py")])


def _place(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix()


def _is_in(place: str, folders: list[str]) -> bool:
    return any(place == folder or place.startswith(f"{folder}/") for folder in folders)


def _imports(tree: ast.AST) -> Iterator[tuple[str, list[str], ast.AST]]:
    """Each imported module with the names taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, [], node
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, [alias.name for alias in node.names], node


def _typing_only(tree: ast.Module) -> set[ast.AST]:
    blocks = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {inner for block in blocks for inner in ast.walk(block)}


def faults(place: str, text: str) -> list[str]:
    """What breaks the house rules in one source."""
    tree = ast.parse(text)
    found = [*_import_faults(place, tree), *_inner_imports(tree)]
    for node in ast.walk(tree):
        if _is_print(node) and not _is_in(place, PRINTERS):
            found.append(f"line {node.lineno}: prints")
        if isinstance(node, ast.ExceptHandler) and _hides(node):
            found.append(f"line {node.lineno}: hides an exception")
    return found


def _import_faults(place: str, tree: ast.Module) -> list[str]:
    found = []
    typing_only = _typing_only(tree)
    for module, _, node in _imports(tree):
        library = module.partition(".")[0]
        if library in LIBRARIES and not _is_in(place, LIBRARIES[library]):
            found.append(f"imports {library}")
        if library == "ptt_rules" and place.startswith("ptt_rules/") and node not in typing_only:
            found += _layer_faults(place, module)
        if library == "ptt_runtime" and place.startswith("ptt_rules/"):
            found.append("imports the runtime")
        is_ours = library == "ptt_rules" and place.startswith("ptt_runtime/")
        if is_ours and module not in PUBLIC:
            found.append(f"imports {module}, which is not public")
    return found


def _layer_faults(place: str, module: str) -> list[str]:
    own, other = place.split("/")[1], ([*module.split("."), ""])[1]
    if own == "__init__" or (other == "" and own == "cli"):
        return []
    if other not in RANK or RANK[other] > RANK[own]:
        return [f"{own} imports {other or 'ptt_rules itself'}, which is a later layer"]
    return []


def _inner_imports(tree: ast.Module) -> list[str]:
    functions = [
        n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    return [
        f"imports {module} inside of a function"
        for function in functions
        for module, _, _ in _imports(function)
        if module.partition(".")[0] in ("ptt_rules", "ptt_runtime")
    ]


def _is_print(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    )


def _hides(handler: ast.ExceptHandler) -> bool:
    is_broad = handler.type is None or ast.unparse(handler.type) in ("Exception", "BaseException")
    return is_broad and all(isinstance(node, (ast.Pass, ast.Continue)) for node in handler.body)


@pytest.mark.parametrize("path", _sources(), ids=_place)
def test_a_source_keeps_the_house_rules(path: Path) -> None:
    assert faults(_place(path), path.read_text()) == []


def test_every_part_has_its_row() -> None:
    parts = {path.stem for path in (ROOT / "ptt_rules").iterdir() if path.suffix in ("", ".py")}
    assert parts - {"__init__", "__pycache__"} - {"_data"} == set(RANK)


@pytest.mark.parametrize(
    ("place", "text", "fault"),
    [
        ("ptt_rules/check/a", "import polars as pl", "imports polars"),
        ("ptt_rules/check/a", "from ptt_rules.engine import Engine", "later layer"),
        ("ptt_rules/check/a", "from ptt_rules import load", "ptt_rules itself"),
        ("ptt_rules/engine/a", "from ptt_runtime import x", "imports the runtime"),
        ("ptt_rules/engine/a", "def f():\n    from ptt_rules.ir import x", "inside of a function"),
        ("ptt_rules/engine/a", "print(1)", "prints"),
        ("ptt_rules/engine/a", "try:\n    x\nexcept Exception:\n    pass", "hides"),
        ("ptt_runtime/a", "from ptt_rules.engine.engine import Engine", "not public"),
        ("ptt_runtime/a", "import trl", "imports trl"),
    ],
)
def test_what_breaks_a_house_rule_is_found(place: str, text: str, fault: str) -> None:
    assert any(fault in told for told in faults(place, text))
