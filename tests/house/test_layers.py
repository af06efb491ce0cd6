"""House rules of imports: each part knows its own row and the rows below, and no cycle."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.house.sources import (
    OURS,
    ROOT,
    Import,
    imported_by_name,
    imports,
    is_in,
    place,
    sources,
)

# Import your own row or an earlier one.
ROWS = [
    {"_version", "_later", "border", "language"},
    {"logs"},
    {"evaluation"},
    {"packs", "snapshots"},
    {"replaying", "runs"},
    {"authoring"},
    {"report"},
    {"observing"},
    {"doctor", "testing", "cli"},
]
RANK = {name: rank for rank, names in enumerate(ROWS) for name in names}

# Each library is imported in few places; a place is a file or folder, without its ending.
LIBRARIES = {
    "lark": ["ptt_rules/language/syntax"],
    "polars": [
        "ptt_rules/evaluation/polars",
        "ptt_rules/evaluation/chunks",
        "ptt_rules/evaluation/past",
        "ptt_rules/evaluation/replay",
        "ptt_rules/evaluation/stages",
        "ptt_rules/evaluation/why",
        "ptt_rules/logs",
        "ptt_rules/replaying",
        # the types of frames that they give; loaded by what makes them
        "ptt_rules/evaluation/engine",
        "ptt_rules/evaluation/values",
        "ptt_rules/packs/pack",
        "ptt_runtime/callback",
    ],
    "hypothesis": ["ptt_rules/testing/strategies"],
    "pygls": ["ptt_rules/authoring/lsp/server"],
    "pytest": ["ptt_rules/testing/pytest_items", "ptt_rules/testing/pytest_plugin"],
    "lsprotocol": ["ptt_rules/authoring/lsp/server"],
    "packaging": [
        "ptt_rules/authoring/compare/versions",
        "ptt_rules/doctor/machine",
        "ptt_rules/packs",
        "ptt_rules/observing/versions",
    ],
    "yaml": [
        "ptt_rules/authoring/convert/yaml_file",
        "ptt_rules/language/marked_yaml",
        "ptt_rules/packs/settings",
    ],
    "tomli": ["ptt_rules/packs/toml_file"],
    "urllib3": ["ptt_rules/observing/channels"],
    "mlflow": ["ptt_runtime/trackers"],
    "trackio": ["ptt_runtime/trackers"],
    "wandb": ["ptt_runtime/trackers"],
    "accelerate": ["ptt_runtime/snapshots"],
    "numpy": ["ptt_runtime/snapshots"],
    "transformers": [
        "ptt_runtime/callback",
        "ptt_runtime/demo",
        "ptt_runtime/faults",
        "ptt_runtime/snapshots",
    ],
    "torch": [
        "ptt_runtime/distributed",
        "ptt_runtime/fingerprints",
        "ptt_runtime/finite_steps",
        "ptt_runtime/provenance",
        "ptt_runtime/rank_metrics",
        "ptt_runtime/trackers",
        "ptt_runtime/demo",
        "ptt_runtime/faults",
        "ptt_runtime/snapshots",
    ],
    "datasets": ["ptt_runtime/demo"],
    "tokenizers": ["ptt_runtime/demo"],
}

# Where a module's name is computed: trl in the demo, TensorBoard in its reader, lazy public names,
# the rules of the linter, which are the files of a folder.
BY_NAME = [
    "ptt_rules/_later",
    "ptt_rules/authoring/lint/registry",
    "ptt_rules/cli/main",
    "ptt_rules/logs/tensorboard",
    "ptt_rules/logs/wandb_file",
    "ptt_runtime/__init__",
    "ptt_runtime/demo/trainers",
    "ptt_runtime/trackers/part",
]

OPEN = {
    "ptt_rules.authoring.lsp.server",
    "ptt_rules.testing.strategies",
}
"""Parts that everyone may import past their folder's door: each needs a library of its own."""

PUBLIC = {
    "ptt_rules": "ptt_rules/__init__.py",
    "ptt_rules.border": "ptt_rules/border/__init__.py",
    "ptt_rules.authoring.convert": "ptt_rules/authoring/convert/__init__.py",
    "ptt_rules.language.stacks": "ptt_rules/language/stacks/__init__.py",
    "ptt_rules.observing": "ptt_rules/observing/__init__.py",
    "ptt_rules.observing.actions": "ptt_rules/observing/actions/__init__.py",
    "ptt_rules.observing.arguments": "ptt_rules/observing/arguments/__init__.py",
    "ptt_rules.observing.channels": "ptt_rules/observing/channels/__init__.py",
    "ptt_rules.report": "ptt_rules/report/__init__.py",
    "ptt_rules.report.run": "ptt_rules/report/run/__init__.py",
    "ptt_rules.runs": "ptt_rules/runs/__init__.py",
    "ptt_rules.snapshots": "ptt_rules/snapshots/__init__.py",
}
"""What the runtime may use of the language and its tools, and where the names are."""


def faults(where: str, text: str) -> list[str]:
    """What one source imports against the house rules."""
    tree = ast.parse(text)
    found = [*_by_name_faults(where, tree), *_inner_faults(tree)]
    for each in imports(tree):
        found += _library_faults(where, each)
        found += _door_faults(where, each)
        if where.startswith("ptt_rules/"):
            found += _layer_faults(where, each)
        if where.startswith("ptt_runtime/"):
            found += _privacy_faults(each)
    return found


def _library_faults(where: str, each: Import) -> list[str]:
    if each.module.startswith("."):
        return ["imports relatively"]
    if each.library in OURS or each.library in sys.stdlib_module_names:
        return []
    if is_in(where, LIBRARIES.get(each.library, [])):
        return []
    return [f"imports {each.library}"]


def _layer_faults(where: str, each: Import) -> list[str]:
    if each.library == "ptt_runtime":
        return ["imports the runtime"]
    own, other = where.split("/")[1], ([*each.module.split("."), ""])[1]
    if each.library != "ptt_rules" or own == "__init__" or (other == "" and own == "cli"):
        return []
    if other not in RANK or RANK[other] > RANK[own]:
        return [f"{own} imports {other or 'ptt_rules itself'}, which is a later layer"]
    return []


def _door_faults(where: str, each: Import) -> list[str]:
    """A folder's parts are for the folder; for all others there is what its `__init__` hands on."""
    folder, _, part = each.module.rpartition(".")
    is_inside = is_in(where, [folder.replace(".", "/")])
    if is_inside or each.module in OPEN or folder in ("", *OURS) or each.library not in OURS:
        return []
    if (ROOT / f"{each.module.replace('.', '/')}.py").is_file():
        return [f"imports {part} past the door of {folder}"]
    return []


def _privacy_faults(each: Import) -> list[str]:
    if each.library != "ptt_rules":
        return []
    if each.module not in PUBLIC:
        return [f"imports {each.module}, which is not public"]
    public = _public_names(ROOT / PUBLIC[each.module])
    return [f"imports {name}, which is not public" for name in each.names if name not in public]


def _public_names(path: Path) -> set[str]:
    """Names in `__all__`, or else the ones defined without an underscore."""
    body = ast.parse(path.read_text()).body
    for node in body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    defined = [n.name for n in body if isinstance(n, (ast.FunctionDef, ast.ClassDef))]
    return {name for name in defined if not name.startswith("_")}


def _by_name_faults(where: str, tree: ast.Module) -> list[str]:
    computed = [
        argument
        for node in ast.walk(tree)
        if (argument := imported_by_name(node)) and not isinstance(argument, ast.Constant)
    ]
    return [] if is_in(where, BY_NAME) else [f"imports {ast.unparse(a)} by name" for a in computed]


def _inner_faults(tree: ast.Module) -> list[str]:
    return [
        f"imports {each.module} inside of a function"
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for each in imports(function)
        if each.library in OURS and not isinstance(each.node, ast.Call)
    ]


def cycles(texts: Mapping[str, str]) -> list[str]:
    """One cycle of imports among these modules, given as dotted name and source, or none."""
    graph = {module: set(_needs(text, texts)) for module, text in texts.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _needs(text: str, known: Mapping[str, str]) -> Iterator[str]:
    for each in imports(ast.parse(text)):
        candidates = [f"{each.module}.{name}" for name in each.names] or [each.module]
        yield from (c if c in known else each.module for c in candidates)


def _module(path: Path) -> str:
    return place(path).removesuffix("/__init__").replace("/", ".")


REFERENCE = sorted((ROOT / "tests/reference").glob("*.py"))
JUDGED = [
    "ptt_rules/evaluation",
    *(f"ptt_rules/language/functions/{name}" for name in ("tallied", "folded", "ordered")),
]
SHARED = ["ptt_rules/evaluation/events"]
"""What the reference may know of what it judges: formulas, and the form of what is reported."""


@pytest.mark.parametrize("path", REFERENCE, ids=place)
def test_the_reference_shares_no_evaluator_with_what_it_judges(path: Path) -> None:
    known = [each.module.replace(".", "/") for each in imports(ast.parse(path.read_text()))]
    assert [one for one in known if is_in(one, JUDGED) and not is_in(one, SHARED)] == []


@pytest.mark.parametrize("path", sources(), ids=place)
def test_a_source_imports_what_it_may(path: Path) -> None:
    assert faults(place(path), path.read_text()) == []


def test_imports_make_no_cycle() -> None:
    assert cycles({_module(path): path.read_text() for path in sources()}) == []


def test_every_part_has_its_row() -> None:
    parts = {path.stem for path in (ROOT / "ptt_rules").iterdir() if path.suffix in ("", ".py")}
    assert parts - {"__init__", "__pycache__", "_data"} == set(RANK)


def test_every_place_that_may_import_a_library_does() -> None:
    texts = {place(path): ast.parse(path.read_text()) for path in sources()}
    for library, folders in LIBRARIES.items():
        for folder in folders:
            inside = [tree for where, tree in texts.items() if is_in(where, [folder])]
            used = any(each.library == library for tree in inside for each in imports(tree))
            assert used, f"{folder} no longer imports {library}"


@pytest.mark.parametrize(
    ("where", "text", "fault"),
    [
        ("ptt_rules/language/check/a", "import polars as pl", "imports polars"),
        ("ptt_rules/language/check/a", "import yaml", "imports yaml"),
        ("ptt_rules/language/check/a", "importlib.import_module('torch')", "imports torch"),
        ("ptt_rules/language/check/a", "importlib.import_module(name)", "imports name by name"),
        ("ptt_rules/language/check/a", "from ptt_rules.evaluation import Engine", "later layer"),
        ("ptt_rules/language/check/a", "from ptt_rules import load", "ptt_rules itself"),
        ("ptt_rules/language/check/a", "from ..engine import Engine", "relatively"),
        ("ptt_rules/evaluation/a", "from ptt_runtime import x", "imports the runtime"),
        (
            "ptt_rules/evaluation/a",
            "def f():\n    from ptt_rules.language.ir import x",
            "inside of a function",
        ),
        ("ptt_runtime/a", "from ptt_rules.evaluation.engine import Engine", "not public"),
        ("ptt_runtime/a", "from ptt_rules import engine", "engine, which is not public"),
        ("ptt_runtime/a", "import trl", "imports trl"),
    ],
)
def test_an_import_that_may_not_be_is_found(where: str, text: str, fault: str) -> None:
    assert any(fault in told for told in faults(where, text))


def test_a_cycle_is_found() -> None:
    texts = {"p.a": "from p import b", "p.b": "import p.c", "p.c": "from p.a import x"}
    assert set(cycles(texts)) == {"p.a", "p.b", "p.c"}


def test_a_cycle_of_types_is_one_too() -> None:
    texts = {"p.a": "from p import b", "p.b": "if TYPE_CHECKING:\n    from p.a import x"}
    assert set(cycles(texts)) == {"p.a", "p.b"}


LAZY = [path for path in sources() if path.stem == "__init__" and "= later(" in path.read_text()]


@pytest.mark.parametrize("path", LAZY, ids=place)
def test_no_module_takes_the_place_of_a_name_that_is_loaded_later(path: Path) -> None:
    """An import of the module would set it on the package, and the name would be found there."""
    (call,) = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "later"
    ]
    names = {name for words in ast.literal_eval(call.args[1]).values() for name in words.split()}
    assert names & {one.stem for one in path.parent.iterdir()} == set()
