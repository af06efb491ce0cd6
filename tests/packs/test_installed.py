"""Packs of installed distributions: found by name, read as data, one of each."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ptt_rules import PttError, load
from ptt_rules.cli.main import main
from ptt_rules.packs.installed import installed_packs
from ptt_rules.packs.listed import listed_packs
from tests.packs.sites import install, rules

RAISES = "raise RuntimeError('imported')\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed distributions; the present one is another."""
    folder, here = tmp_path / "site", tmp_path / "here"
    folder.mkdir()
    here.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.chdir(here)
    return folder


def told(*packs: str) -> PttError:
    with pytest.raises(PttError) as caught:
        load(*packs)
    return caught.value


def test_a_pack_is_found_by_name_and_nothing_of_it_is_imported(site: Path) -> None:
    files = {
        "lab/__init__.py": RAISES,
        "lab/rules/__init__.py": RAISES,
        "lab/rules/pack.ptt": rules("lab", "1.2.0"),
        "lab/rules/inner/kl.ptt": "param limit = 3 in 0..9\n",
    }
    install(site, "lab", "1.2.0", files, entries={"lab": "lab.rules"})
    pack = load("lab")
    assert [(info.name, info.version) for info in pack.packs] == [("lab", "1.2.0")]
    assert pack.packs[0].origin.to_json() == {
        "kind": "installed",
        "place": str(site / "lab/rules"),
        "distribution": "lab 1.2.0",
    }
    assert set(pack.params) == {"lab.limit"}
    assert "lab" not in sys.modules
    with pytest.raises(RuntimeError, match="imported"):
        __import__("lab")


def test_extends_finds_installed_packs_by_constraint(site: Path) -> None:
    install(site, "lab_a", "1.4.0", {"lab_a/pack.ptt": rules("lab_a", "1.4.0", "extends common")})
    extends = 'extends lab_a "~=1.2"'
    install(site, "lab_b", "2.0.0", {"lab_b/pack.ptt": rules("lab_b", "2.0.0", extends)})
    assert [info.name for info in load("lab_b").packs] == ["common", "lab_a", "lab_b"]


def test_a_conflict_is_told_with_the_chain_of_all_who_asked(site: Path) -> None:
    install(site, "lab_a", "1.4.0", {"lab_a/pack.ptt": rules("lab_a", "1.4.0")})
    for name, extends in {
        "lab_b": ['extends lab_a "~=1.2"'],
        "lab_c": ['extends lab_a ">=2"'],
        "lab_d": ["extends lab_b", "extends lab_c"],
    }.items():
        install(site, name, "1.0.0", {f"{name}/pack.ptt": rules(name, "1.0.0", *extends)})
    (one,) = told("lab_d").diagnostics
    assert (one.code, one.message) == ("PTT302", "this is `lab_a` 1.4.0, which is not >=2")
    assert one.file_name == str(site / "lab_c/pack.ptt")
    assert one.hint == (
        "`lab_d` extends `lab_b` extends `lab_a` ~=1.2 and `lab_d` extends `lab_c` extends "
        "`lab_a` >=2: use a version of `lab_a` that all of them take, or change a constraint"
    )


def test_two_distributions_with_a_pack_of_one_name_are_both_told(site: Path) -> None:
    for name in ("one", "two"):
        text = rules("lab", "1.0.0")
        install(site, name, "1.0.0", {f"{name}/pack.ptt": text}, entries={"lab": name})
    message = str(told("lab"))
    assert "PTT305 two packs are called `lab`: distribution one 1.0.0 in " in message
    assert "distribution two 1.0.0 in " in message


def test_a_folder_that_is_called_as_an_installed_pack_is_told_with_it(site: Path) -> None:
    install(site, "lab", "1.0.0", {"lab/pack.ptt": rules("lab", "1.0.0")})
    Path("lab").mkdir()
    assert load("lab").packs[0].version == "1.0.0", "a folder without rules is not a pack"
    Path("lab/pack.ptt").write_text(rules("lab", "1.1.0"))
    assert "two packs are called `lab`: folder lab, and that of distribution lab 1.0.0" in str(
        told("lab")
    )
    assert load("./lab").packs[0].version == "1.1.0"
    Path("lab/pack.ptt").write_text(rules("lab", "1.0.0"))
    assert load("lab").packs[0].origin.kind.value == "installed"


def test_a_pack_that_is_given_and_another_of_the_name_that_is_extended_clash(site: Path) -> None:
    install(site, "lab", "1.0.0", {"lab/pack.ptt": rules("lab", "1.0.0")})
    Path("mine").mkdir()
    Path("mine/pack.ptt").write_text(rules("lab", "1.1.0"))
    Path("team.ptt").write_text(rules("team", "1.0.0", "extends lab"))
    message = str(told("./mine", "team.ptt"))
    assert "two packs are called `lab`: folder mine and installed by lab 1.0.0" in message


def test_a_distribution_that_is_there_twice_counts_once_as_for_imports(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(site, "lab", "1.0.0", {"lab/pack.ptt": rules("lab", "1.0.0")})
    first = tmp_path / "first"
    install(first, "lab", "2.0.0", {"lab/pack.ptt": rules("lab", "2.0.0")})
    monkeypatch.syspath_prepend(str(first))
    assert load("lab").packs[0].version == "2.0.0"


def test_an_editable_installation_is_read_where_its_source_is(site: Path, tmp_path: Path) -> None:
    about = install(site, "lab", "1.0.0", {})
    source = tmp_path / "source"
    address = {"url": source.as_uri(), "dir_info": {"editable": True}}
    (about / "direct_url.json").write_text(json.dumps(address))
    for place in ("src/lab", "lab", ""):
        folder = source / place
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pack.ptt").write_text(rules("lab", "1.0.0"))
        assert load("lab").packs[0].origin.place == str(folder)
        (folder / "pack.ptt").unlink()
    assert "PTT325 distribution lab 1.0.0 registers the pack `lab` and has no" in str(told("lab"))


def test_a_misspelt_name_gets_the_installed_one_as_a_hint(site: Path) -> None:
    install(site, "lab_grpo", "1.0.0", {"lab_grpo/pack.ptt": rules("lab_grpo", "1.0.0")})
    assert "did you mean `lab_grpo`" in str(told("lab_grop"))


def test_packs_are_listed_with_what_keeps_them_from_being_loaded(site: Path) -> None:
    install(site, "lab", "1.0.0", {"lab/pack.ptt": rules("lab", "1.0.0")})
    install(site, "grpo", "1.0.0", {"grpo/pack.ptt": rules("grpo", "1.0.0")})
    install(site, "gone", "1.0.0", {})
    wrong = {pack.name: [one.code for one in pack.wrong] for pack in listed_packs() if pack.wrong}
    assert wrong == {"gone": ["PTT325"], "grpo": ["PTT320"]}
    lab = next(pack for pack in listed_packs() if pack.name == "lab")
    assert (lab.version, lab.digest) == ("1.0.0", load("lab").packs[0].digest)
    assert [pack.name for pack in installed_packs() if pack.site == site] == ["gone", "grpo", "lab"]


def test_commands_take_an_installed_pack_by_its_name(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = 'test "a loss of 4" {\n  `my/lab` = 4 x 3\n  expect lab_high.high\n}\n'
    install(
        site, "lab", "1.0.0", {"lab/pack.ptt": rules("lab", "1.0.0"), "lab/pack_test.ptt": test}
    )
    for command in (
        ["check", "lab"],
        ["test", "lab"],
        ["explain", "lab.lab_high"],
        ["docs", "lab", "-o", "pages"],
    ):
        assert main(command) == 0, capsys.readouterr()
    assert "lab: 1 passed" in capsys.readouterr().out
    assert main(["pack", "list", "--json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["name"], last["version"], last["origin"]["distribution"]) == (
        "lab",
        "1.0.0",
        "lab 1.0.0",
    )
