"""What is made of the samples, as a person reads it, and that the checker accepts it.

`PTT_REWRITE_GOLDEN=1 pytest tests/convert` writes the packs anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ptt_rules import Level, check_sources, loads, replay
from ptt_rules.authoring.convert import (
    Converted,
    PackText,
    collect,
    convert,
    finished,
    read_collection,
)
from ptt_rules.authoring.convert.metrics import keys_of
from ptt_rules.authoring.lint import lint_files
from ptt_rules.cli.main import main
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
    for pack in map(finished, done.packs):
        check_golden(pack.text, GOLDEN / f"{pack.name}.ptt")
        assert format_source(Source(pack.name, pack.text)) == (pack.text, [])


def test_every_golden_pack_is_of_a_sample_and_passes_the_check() -> None:
    made = {pack.name for path in SAMPLES for pack in convert(read_collection(path)).packs}
    assert {path.stem for path in GOLDEN.iterdir()} == made
    for path in GOLDEN.iterdir():
        assert check_sources(path) == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_what_is_written_passes_the_workflow_of_a_new_pack(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "made")
    assert main(["convert", str(path), "-o", folder]) == 0
    assert main(["lint", "--strict", folder]) == 0
    assert main(["test", folder, "--coverage", "--fail-under", "100"]) == 0
    assert main(["fmt", "--check", folder]) == 0


def test_finishing_changes_nothing_that_a_pack_finds() -> None:
    (pack,) = one_pack(RULE).packs
    done = finished(pack)
    assert done.text != pack.text
    rows = [{"step": row, "rewards/margins": 0.3 - row / 100} for row in range(60)]
    texts = [
        [str(event) for event in replay(loads(t), rows).events] for t in (pack.text, done.text)
    ]
    assert texts[0] == texts[1] != []


def test_what_a_rule_gets_wrong_stays_a_warning() -> None:
    text = RULE.replace("reward_margin", "win_rate").replace("< 0.1", "> 90")
    (pack,) = one_pack(text).packs
    assert {one.code for one in lint_files(finished(pack).tested_files)} == {"PTT653"}


# ---- folders -----------------------------------------------------------------------------------

RULE = """\
name: margin_low
description: The margin is low
trainers: [dpo, grpo]
metric: reward_margin
condition: "< 0.1"
severity: high
message: "Margin {value:.3f}"
"""


def one_pack(text: str) -> Converted:
    return convert(collect("mine", "mine", [Source("mine.yaml", text)]))


def in_folders(tmp_path: Path, files: Mapping[str, str]) -> Converted:
    for name, text in files.items():
        path = tmp_path / "old" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return convert(read_collection(tmp_path / "old"))


def packs_of(done: Converted) -> dict[str, PackText]:
    assert not done.diagnostics
    return {pack.name: pack for pack in done.packs}


def test_a_folder_is_one_collection(tmp_path: Path) -> None:
    done = in_folders(tmp_path, {f"mine/{path.name}": path.read_text() for path in SAMPLES})
    by_name = {name: pack.text for name, pack in packs_of(done).items()}
    assert set(by_name) == {
        *(f"old_{name}" for name in "sft dpo ppo grpo orpo cpo kto rloo common".split())
    }
    # what is for all trainers is in each of them
    assert all("detector learning_rate_zero " in text for text in by_name.values())
    assert "detector kl_high " not in by_name["old_dpo"]


@pytest.mark.parametrize(
    ("place", "trainers"),
    [
        ("rule.yaml", ("dpo", "grpo")),
        ("common/rule.yaml", ("dpo", "grpo")),
        ("mine/rule.yaml", ("dpo", "grpo")),
        ("dpo/rule.yaml", ("dpo",)),
        ("grpo/rule.yaml", ("grpo",)),
        ("GRPO/inner/rule.yaml", ("grpo",)),
    ],
)
def test_a_folder_of_a_trainer_says_for_which_one_a_rule_is(
    tmp_path: Path, place: str, trainers: tuple[str, ...]
) -> None:
    (pack,) = packs_of(in_folders(tmp_path, {place: RULE})).values()
    assert pack.trainers == trainers


def test_a_rule_for_all_is_for_the_trainer_of_its_folder(tmp_path: Path) -> None:
    text = RULE.replace("[dpo, grpo]", "[all]")
    (pack,) = packs_of(in_folders(tmp_path, {"kto/rule.yaml": text})).values()
    assert pack.trainers == ("kto",)


def test_a_rule_in_the_folder_of_another_trainer_is_reported(tmp_path: Path) -> None:
    done = in_folders(tmp_path, {"ppo/rule.yaml": RULE})
    (mistake,) = done.diagnostics
    assert mistake.message == "the folder `ppo` is for ppo alone, and this is for `dpo`, `grpo`"
    assert mistake.hint == "move it to the folder `dpo`, or out of the folders of trainers"
    assert done.packs == ()


def test_two_files_with_one_rule_are_one_detector(tmp_path: Path) -> None:
    again = RULE.replace("The margin is low", "Chosen and rejected are alike")
    done = in_folders(tmp_path, {"dpo/a.yaml": RULE, "dpo/b.yaml": again})
    (pack,) = packs_of(done).values()
    assert (pack.detectors, done.total, done.done) == (1, 2, 2)
    assert 'summary   "The margin is low"' in pack.text


def test_two_rules_with_one_name_are_a_mistake(tmp_path: Path) -> None:
    done = in_folders(tmp_path, {"a.yaml": RULE, "b.yaml": RULE.replace("0.1", "0.2")})
    (mistake,) = done.diagnostics
    assert mistake.message == "another heuristic is called `margin_low`"
    assert (done.total, done.done) == (2, 1)


# ---- keys --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trainer", "metric", "first"),
    [
        ("sft", "sft_loss", "loss"),
        ("orpo", "sft_loss", "nll_loss"),
        ("cpo", "sft_loss", "nll_loss"),
        ("dpo", "reward_margin", "rewards/margins"),
        ("ppo", "kl", "objective/kl"),
        ("grpo", "kl", "kl"),
        ("dpo", "refusal_rate", "refusal_rate"),
        ("grpo", "output_length_mean", "completions/mean_length"),
    ],
)
def test_what_the_trainer_logs_is_the_first_key(trainer: str, metric: str, first: str) -> None:
    assert keys_of(metric, [trainer])[0] == first


@pytest.mark.parametrize("trainer", ["orpo", "cpo"])
def test_the_whole_loss_is_not_the_part_of_fine_tuning(trainer: str) -> None:
    assert "loss" not in keys_of("sft_loss", [trainer])


@pytest.mark.parametrize(
    ("metric", "key"),
    [
        ("refusal_rate", "safety/refusal_rate"),
        ("output_length_mean", "response_length"),
        ("win_rate", "eval/win_rate"),
        ("perplexity", "eval_perplexity"),
        ("clip_fraction", "ppo/clip_fraction"),
    ],
)
def test_keys_of_the_older_tool_are_read(metric: str, key: str) -> None:
    text = RULE.replace("reward_margin", metric).replace('"< 0.1"', '"> 0.1"')
    (pack,) = one_pack(text).packs
    rows = [{"step": row, key: 0.5} for row in range(40)]
    (event,) = replay(loads(pack.text), rows).events
    assert event.level is Level.HIGH
