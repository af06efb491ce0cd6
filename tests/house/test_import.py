"""`import ptt_rules` is light, in a checkout and in an installed wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "transformers", "trl", "polars", "matplotlib", "pandas", "numpy")


def test_importing_loads_no_trainer_and_no_table_library() -> None:
    code = f"import ptt_rules, sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_judging_live_loads_no_trainer_and_no_table_library() -> None:
    code = (
        "import ptt_rules, sys; ptt_rules.load('grpo').engine().observe({'step': 1});"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)
    return next(out.glob("*.whl"))


def test_the_wheel_carries_grammar_and_packs(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "ptt_rules/_data/grammar/ptt.lark" in names
    shipped = {path.relative_to(ROOT).as_posix() for path in (ROOT / "rulepacks").rglob("*.ptt")}
    assert {f"ptt_rules/_data/{name}" for name in shipped} <= set(names)


def test_an_installed_wheel_finds_grammar_and_packs(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    code = (
        "import ptt_rules; from ptt_rules.resources import grammar_path;"
        "print(grammar_path()); print(len(ptt_rules.load('dpo').detectors))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    where, count = done.stdout.split()
    assert where.startswith(str(site))
    assert int(count) > 5
