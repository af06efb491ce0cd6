"""`ptt convert` as a user runs it: places, streams, exit codes."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from ptt_rules.cli.main import main

ALERT = "dpo: margin < 0.1 for 20 steps -> high: Margin collapsed\n"
OTHER = "sft: loss spike(2x) -> low: Loss spike\n"
BROKEN = "dpo: kl over 3 -> high: KL\n"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("alerts.txt").write_text(ALERT)
    Path("both.txt").write_text(ALERT + OTHER)
    Path("broken.txt").write_text(BROKEN + ALERT)
    Path("bad.yaml").write_text("condition: > 3\n")
    return tmp_path


def test_a_pack_is_printed_and_nothing_else(capsys: Capture) -> None:
    assert main(["convert", "alerts.txt"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    Path("alerts.ptt").write_text(printed.out)
    assert main(["check", "alerts.ptt"]) == 0
    assert main(["fmt", "--check", "alerts.ptt"]) == 0


def test_standard_input_is_a_file(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ALERT.encode())))
    assert main(["convert", "-"]) == 0
    assert capsys.readouterr().out.startswith("pack converted 1.0.0 {\n")


def test_a_file_is_written_once(capsys: Capture) -> None:
    assert main(["convert", "alerts.txt", "-o", "mine.ptt"]) == 0
    out = capsys.readouterr().out
    assert out == (
        "wrote mine.ptt: 1 detector; tests: mine_test.ptt\n"
        "look at it, then: ptt lint --strict mine.ptt; ptt test mine.ptt\n"
    )
    assert main(["test", "mine.ptt"]) == 0
    capsys.readouterr()
    Path("mine.ptt").write_text("# mine\n")
    assert main(["convert", "alerts.txt", "-o", "mine.ptt"]) == 2
    assert Path("mine.ptt").read_text() == "# mine\n"
    assert "PTT315" in capsys.readouterr().err
    assert main(["convert", "alerts.txt", "-o", "mine.ptt", "--force"]) == 0
    assert Path("mine.ptt").read_text().startswith("pack alerts ")


def test_packs_of_several_trainers_go_to_a_folder(capsys: Capture) -> None:
    assert main(["convert", "both.txt", "-o", "packs"]) == 0
    assert main(["check", "packs"]) == 0
    assert main(["check", "packs/both_dpo", "packs/both_sft"]) == 0
    assert sorted(path.as_posix() for path in Path("packs").rglob("*.ptt")) == [
        "packs/both_dpo/pack.ptt",
        "packs/both_dpo/pack_test.ptt",
        "packs/both_sft/pack.ptt",
        "packs/both_sft/pack_test.ptt",
    ]


@pytest.mark.parametrize(
    "arguments", [["both.txt"], ["both.txt", "-o", "x.ptt"], ["alerts.txt", "broken.txt"]]
)
def test_several_packs_do_not_go_to_one_file(arguments: list[str], capsys: Capture) -> None:
    assert main(["convert", *arguments]) == 2
    printed = capsys.readouterr()
    assert "PTT314" in printed.err
    assert printed.out == ""
    assert not Path("x.ptt").exists()


def test_if_one_file_is_there_none_is_written(capsys: Capture) -> None:
    Path("packs/both_sft").mkdir(parents=True)
    Path("packs/both_sft/pack.ptt").touch()
    assert main(["convert", "both.txt", "-o", "packs"]) == 2
    assert not Path("packs/both_dpo").exists()
    assert "packs/both_sft/pack.ptt" in capsys.readouterr().err


def test_what_cannot_be_converted_is_told_and_the_rest_is_there(capsys: Capture) -> None:
    assert main(["convert", "broken.txt"]) == 1
    printed = capsys.readouterr()
    assert "error[PTT313]: `over 3` is not a condition\n  --> broken.txt:1:9\n" in printed.err
    assert printed.err.endswith("1 of 2 heuristics converted, 1 error\n")
    assert "detector margin_below {" in printed.out


def test_nothing_is_written_where_nothing_could_be_converted(capsys: Capture) -> None:
    Path("none.txt").write_text(BROKEN)
    assert main(["convert", "none.txt", "-o", "none.ptt"]) == 1
    assert not Path("none.ptt").exists()
    assert "0 of 1 heuristic converted" in capsys.readouterr().err


def test_an_unusable_file_does_not_keep_the_others_back(capsys: Capture) -> None:
    assert main(["convert", "bad.yaml", "nowhere.yaml", "alerts.txt"]) == 2
    printed = capsys.readouterr()
    assert "PTT312" in printed.err
    assert "PTT308" in printed.err
    assert "detector margin_below {" in printed.out


def test_a_place_that_cannot_be_written_is_told(capsys: Capture) -> None:
    assert main(["convert", "alerts.txt", "-o", "alerts.txt/mine.ptt"]) == 2
    assert "PTT308" in capsys.readouterr().err


def test_two_packs_of_one_name_are_told(capsys: Capture) -> None:
    Path("other").mkdir()
    Path("other/alerts.txt").write_text(ALERT)
    assert main(["convert", "alerts.txt", "other/alerts.txt", "-o", "packs"]) == 2
    assert "error[PTT305]: 2 packs would be called `alerts`" in capsys.readouterr().err
    assert not Path("packs").exists()
