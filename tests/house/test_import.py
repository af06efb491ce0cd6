"""`import ptt_rules` is light; how long it takes is measured by `make bench`."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import ptt_rules
from tests.house.sources import place, sources

MOST_MODULES = 80
"""Own modules that `import ptt_rules` may load."""

HEAVY = ("torch", "transformers", "trl", "polars", "matplotlib", "pandas", "numpy", "pygls")


def loaded_by(code: str) -> list[str]:
    """Which heavy libraries a new Python has loaded once it ran the code."""
    return [one for one in modules_after(code) if one in HEAVY]


def modules_after(code: str) -> list[str]:
    report = f"{code}; import sys; print(*sys.modules)"
    command = [sys.executable, "-c", report]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize(
    "code",
    [
        "import ptt_rules",
        "import ptt_rules; ptt_rules.load('grpo').engine().observe({'step': 1})",
        "import ptt_runtime",
    ],
)
def test_no_trainer_and_no_table_library_is_loaded(code: str) -> None:
    assert loaded_by(code) == []


def test_a_heavy_library_that_is_loaded_is_seen() -> None:
    assert loaded_by("import numpy") == ["numpy"]


def test_who_imports_the_package_loads_what_judges_live_alone() -> None:
    loaded = modules_after("import ptt_rules")
    assert {"lark", "yaml", "packaging", "ptt_rules.packs"}.isdisjoint(loaded)
    assert len([one for one in loaded if one.startswith("ptt_rules")]) <= MOST_MODULES


def test_names_that_are_loaded_later_are_there_for_those_who_look_around() -> None:
    assert set(ptt_rules.__all__) <= set(dir(ptt_rules))


@pytest.mark.parametrize("door", [p for p in sources() if p.name == "__init__.py"], ids=place)
def test_no_name_that_is_loaded_later_is_that_of_a_module(door: Path) -> None:
    """Once a module is loaded it is what its folder has under its name."""
    modules = {path.stem for path in door.parent.iterdir()}
    assert modules.isdisjoint(lazy_names(ast.parse(door.read_text())))


@pytest.mark.parametrize("door", [p for p in sources() if p.name == "__init__.py"], ids=place)
def test_a_door_has_what_it_hands_on(door: Path) -> None:
    module = import_module(place(door.parent).replace("/", "."))
    missing = [name for name in getattr(module, "__all__", ()) if not hasattr(module, name)]
    assert missing == []


def test_commands_start_without_polars() -> None:
    assert loaded_by("import ptt_rules.cli.main") == []


def lazy_names(tree: ast.Module) -> set[str]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = [one for one in calls if ast.unparse(one.func) == "later"]
    tables = [ast.literal_eval(one.args[1]) for one in found]
    return {name for table in tables for words in table.values() for name in words.split()}


def test_lazy_names_are_read_off_a_door() -> None:
    tree = ast.parse('__getattr__ = later(__name__, {"a.b": "one two", "a.c": ("three " "four")})')
    assert lazy_names(tree) == {"one", "two", "three", "four"}
