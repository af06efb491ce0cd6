"""Grammar and packs are found the same way in a checkout and in an installed wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.sources import ROOT

FIND = (
    "from ptt_rules import load; from ptt_rules.language import resources; load('dpo'); "
    "print(resources.grammar_path(), resources.rulepacks_path(), sep='\\n')"
)
ROWS = '{"step": 1, "grad_norm": 0.6}\n{"step": 2, "grad_norm": NaN}\n'


def run(folder: Path, package_in: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in a folder that is not a checkout, with the packages of `package_in`."""
    environment = {**os.environ, "PYTHONPATH": str(package_in)}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made from the source distribution, so that both are tested."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the wheel is installed."""
    target = tmp_path_factory.mktemp("site")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(target), str(wheel)], check=True)
    return target


def test_the_wheel_carries_grammar_packs_and_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = [
        path.relative_to(ROOT).as_posix()
        for folder in ("grammar", "rulepacks")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    ]
    assert {f"ptt_rules/_data/{name}" for name in shipped} <= names
    assert {"ptt_rules/py.typed", "ptt_runtime/py.typed"} <= names


def test_the_wheel_carries_packages_alone(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"ptt_rules", "ptt_runtime"}


def test_an_installed_wheel_finds_its_own_files(site: Path, tmp_path: Path) -> None:
    found = run(tmp_path, site, "-c", FIND)
    data = site / "ptt_rules" / "_data"
    assert found.stdout.split() == [str(data / "grammar"), str(data / "rulepacks")], found.stderr


def test_a_checkout_finds_its_own_files(tmp_path: Path) -> None:
    found = run(tmp_path, ROOT, "-c", FIND)
    assert found.stdout.split() == [str(ROOT / "grammar"), str(ROOT / "rulepacks")], found.stderr


def test_the_installed_command_checks_and_replays(site: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.ptt").write_text((ROOT / "tests/tour/mine.ptt").read_text())
    (tmp_path / "log.jsonl").write_text(ROWS)
    ptt = str(site / "bin" / "ptt")
    checked = run(tmp_path, site, ptt, "check", "mine.ptt")
    assert checked.returncode == 0, checked.stderr
    replayed = run(tmp_path, site, ptt, "replay", "log.jsonl", "--pack", "dpo", "--json")
    assert '"event": "fired"' in replayed.stdout, replayed.stderr


def test_a_broken_installation_says_what_is_missing(site: Path, tmp_path: Path) -> None:
    package = tmp_path / "ptt_rules"
    (package / "language").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "language" / "__init__.py").touch()
    source = (site / "ptt_rules" / "language" / "resources.py").read_text()
    (package / "language" / "resources.py").write_text(source)
    failed = run(
        tmp_path, tmp_path, "-c", "from ptt_rules.language.resources import *; grammar_path()"
    )
    assert "the folder `grammar` is neither in" in failed.stderr
