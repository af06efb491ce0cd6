"""What is made of the samples, as a person reads it, and that the checker accepts it.

`PTT_REWRITE_GOLDEN=1 pytest tests/convert` writes the packs anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ptt_rules import check_sources
from ptt_rules.authoring.convert import convert, read_collection
from ptt_rules.language.source import Source
from ptt_rules.language.syntax import format_source
from tests.golden.test_golden import check_golden

HERE = Path(__file__).parent
SAMPLES = sorted((HERE / "heuristics").iterdir())
GOLDEN = HERE / "golden"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_file_becomes_these_packs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    done = convert(read_collection(Path(path.name)))
    assert not done.diagnostics
    assert done.packs
    assert done.done == done.total
    for pack in done.packs:
        check_golden(pack.text, GOLDEN / f"{pack.name}.ptt")
        assert format_source(Source(pack.name, pack.text)) == (pack.text, [])


def test_every_golden_pack_is_of_a_sample_and_passes_the_check() -> None:
    made = {pack.name for path in SAMPLES for pack in convert(read_collection(path)).packs}
    assert {path.stem for path in GOLDEN.iterdir()} == made
    for path in GOLDEN.iterdir():
        assert check_sources(path) == []


def test_a_folder_is_one_collection(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    for path in SAMPLES:
        inner = folder / "dpo" / path.name
        inner.parent.mkdir(parents=True, exist_ok=True)
        inner.write_text(path.read_text())
    done = convert(read_collection(folder))
    assert not done.diagnostics
    by_name = {pack.name: pack.text for pack in done.packs}
    assert set(by_name) == {
        *(f"old_{name}" for name in "sft dpo ppo grpo orpo cpo kto rloo common".split())
    }
    # what is for all trainers is in each of them
    assert all("detector learning_rate_zero " in text for text in by_name.values())
    assert "detector kl_high " not in by_name["old_dpo"]
