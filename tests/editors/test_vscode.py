"""The extension for VS Code goes with the ptt beside it."""

from __future__ import annotations

import json

from ptt_rules import __version__
from tests.house.sources import ROOT

FOLDER = ROOT / "editors" / "vscode"
PACKAGE = json.loads((FOLDER / "package.json").read_text())
GRAMMAR = json.loads((ROOT / "grammar" / "ptt.tmLanguage.json").read_text())


def test_it_has_the_version_of_ptt() -> None:
    locked = json.loads((FOLDER / "package-lock.json").read_text())
    assert __version__.startswith(PACKAGE["version"])
    assert PACKAGE["version"] == locked["version"]


def test_it_names_the_grammar_by_its_scope() -> None:
    (grammar,) = PACKAGE["contributes"]["grammars"]
    assert grammar["scopeName"] == GRAMMAR["scopeName"]
    assert grammar["path"].endswith("ptt.tmLanguage.json")


def test_the_files_that_it_names_are_there_or_made() -> None:
    (language,) = PACKAGE["contributes"]["languages"]
    assert (FOLDER / language["configuration"]).is_file()
    assert PACKAGE["main"] in PACKAGE["scripts"]["bundle"].replace("dist/", "./dist/")
