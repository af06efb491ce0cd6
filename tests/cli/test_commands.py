"""Commands as a user runs them: streams, exit codes, JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.cli.main import main

GOOD = """
metric kl: nats = "kl"
detector kl_high {
  critical when mean(kl[3]) > 0.3
  message "KL is {kl:.2f}"
}
"""
BAD = (
    'metric kl: nats = "kl"\ndetector a { high when klx > 1 }\ndetector b { high when kl > 30% }\n'
)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.ptt").write_text(GOOD)
    (tmp_path / "bad.ptt").write_text(BAD)
    rows = [{"step": step, "kl": 0.1 * step, "time": step} for step in range(1, 9)]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(arguments)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


Capture = pytest.CaptureFixture[str]


def test_check_says_nothing_of_a_clean_pack(files: Path, capsys: Capture) -> None:
    assert run("check", "good.ptt", capsys=capsys) == (0, "", "")


def test_check_shows_every_finding_with_its_source(files: Path, capsys: Capture) -> None:
    code, out, err = run("check", "bad.ptt", capsys=capsys)
    assert (code, out) == (1, "")
    assert "error[PTT101]: nothing is called `klx`\n  --> bad.ptt:2:24\n" in err
    assert " 2 | detector a { high when klx > 1 }\n   |                        ^^^\n" in err
    assert "   = hint: did you mean `kl`?\n   = explain: ptt explain PTT101\n" in err
    assert "   |                        --   ^^^ ratio\n   |                        nats\n" in err
    assert err.endswith("2 errors in 1 file\n")


def test_check_as_json_prints_nothing_else_on_standard_output(files: Path, capsys: Capture) -> None:
    code, out, err = run("check", "--format", "json", "bad.ptt", capsys=capsys)
    assert (code, err) == (1, "")
    first, second = map(json.loads, out.splitlines())
    assert first == {
        "code": "PTT101",
        "severity": "error",
        "message": "nothing is called `klx`",
        "file": "bad.ptt",
        "line": 2,
        "column": 24,
        "end_line": 2,
        "end_column": 27,
        "hint": "did you mean `kl`?",
        "labels": [],
        "edit": {"text": "kl", "line": 2, "column": 24, "end_line": 2, "end_column": 27},
    }
    assert second["code"] == "PTT203"
    assert second["labels"][0]["message"] == "nats"


def test_check_as_annotations(files: Path, capsys: Capture) -> None:
    _, out, _ = run("check", "--format", "github", "bad.ptt", capsys=capsys)
    assert out.startswith(
        "::error file=bad.ptt,line=2,endLine=2,col=24,endColumn=27,title=PTT101 unknown name::"
    )


def test_check_of_a_folder_of_packs_checks_each(files: Path, capsys: Capture) -> None:
    for name, text in (("one", GOOD), ("two", BAD)):
        (files / "packs" / name).mkdir(parents=True)
        (files / "packs" / name / "pack.ptt").write_text(f"pack {name} 1.0.0 {{ }}\n{text}")
    code, _, err = run("check", "packs", capsys=capsys)
    assert code == 1
    assert err.endswith("2 errors in 1 file\n")


def test_check_of_what_is_not_there_is_unusable_input(files: Path, capsys: Capture) -> None:
    code, out, err = run("check", "nothing.ptt", "bad.ptt", capsys=capsys)
    assert (code, out) == (2, "")
    assert "there is no pack, file or folder `nothing.ptt`" in err
    assert "klx" in err


def test_replay_tells_what_would_have_happened(files: Path, capsys: Capture) -> None:
    code, out, err = run(
        "replay", "log.jsonl", "--pack", "good.ptt", "--policy", "guard", capsys=capsys
    )
    assert (code, err) == (0, "")
    assert "CRITICAL good.kl_high  step 5\n         KL is 0.50\n" in out
    assert "policy guard at step 5: checkpoint, invalidate, stop" in out
    assert "Found: 1 critical." in out


def test_replay_as_json_ends_with_a_summary(files: Path, capsys: Capture) -> None:
    code, out, err = run(
        "replay", "log.jsonl", "--pack", "good.ptt", "--policy", "guard", "--json", capsys=capsys
    )
    assert (code, err) == (0, "")
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines[0] == {
        "event": "fired",
        "detector": "good.kl_high",
        "instance": {},
        "level": "critical",
        "step": 5,
        "row": 4,
        "time": 5.0,
        "message": "KL is 0.50",
        "values": {"kl": 0.5},
        "suppressed_by": None,
        "since_step": 5,
        "shadow": False,
    }
    assert [line["action"] for line in lines[1:4]] == ["checkpoint", "invalidate", "stop"]
    assert lines[1]["because"] == ["good.kl_high"]
    assert lines[-1]["event"] == "summary"
    counts = {name: lines[-1][name] for name in ("rows", "detectors", "judged", "unjudged")}
    assert counts == {"rows": 8, "detectors": 1, "judged": 1, "unjudged": []}


def test_replay_of_a_blind_detector_names_the_key(files: Path, capsys: Capture) -> None:
    (files / "other.jsonl").write_text('{"step": 1, "loss": 2}\n')
    _, out, _ = run("replay", "other.jsonl", "--pack", "good.ptt", capsys=capsys)
    assert "Nothing found; 0 of 1 detector could judge." in out
    assert "could not judge, as `kl` was never logged: good.kl_high" in out
    _, out, _ = run("replay", "other.jsonl", "--pack", "good.ptt", "--json", capsys=capsys)
    (one,) = json.loads(out)["unjudged"]
    assert (one["detector"], one["reason"], one["in_part"]) == ("good.kl_high", "blind", False)
    assert (one["metrics"], one["needs"], one["had"]) == (["kl"], None, None)


@pytest.mark.parametrize(
    ("share", "code"), [("0", 1), ("0.4", 1), ("49%", 1), ("50%", 0), ("1", 0)]
)
def test_fail_on_blind_is_exit_1_if_too_few_could_judge(
    files: Path, capsys: Capture, share: str, code: int
) -> None:
    (files / "half.ptt").write_text(
        'pack half 1.0.0 { title "h" }\nmetric kl: nats = "kl"\n'
        'detector now { high when kl > 9 message "m" }\n'
        'detector late { high when mean(kl[100]) > 9 message "m" }\n'
    )
    arguments = ("replay", "log.jsonl", "--pack", "half.ptt", "--fail-on-blind", share)
    assert run(*arguments, capsys=capsys)[0] == code


@pytest.mark.parametrize("share", ["-1", "2", "101%", "nan", "much", "inf"])
def test_a_share_that_is_not_one_is_refused(files: Path, capsys: Capture, share: str) -> None:
    with pytest.raises(SystemExit):
        main(["replay", "log.jsonl", "--pack", "good.ptt", "--fail-on-blind", share])


def test_training_arguments_of_a_replay_can_be_given(files: Path, capsys: Capture) -> None:
    (files / "target.ptt").write_text(
        'pack target 1.0.0 { title "t" }\nmetric kl: nats = "kl"\n'
        'detector above { high when kl > config.kl_limit message "m" }\n'
    )
    arguments = ("replay", "log.jsonl", "--pack", "target.ptt", "--json")
    _, out, _ = run(*arguments, capsys=capsys)
    (one,) = json.loads(out)["unjudged"]
    assert (one["reason"], one["text"]) == ("unknown", "`config.kl_limit` is not set")
    _, out, _ = run(*arguments, "--config", "kl_limit=0.001", capsys=capsys)
    assert json.loads(out.splitlines()[0])["event"] == "fired"
    assert json.loads(out.splitlines()[-1])["unjudged"] == []


@pytest.mark.parametrize(("level", "code"), [("critical", 1), ("low", 1)])
def test_fail_on_is_exit_1_if_told(files: Path, capsys: Capture, level: str, code: int) -> None:
    arguments = ("replay", "log.jsonl", "--pack", "good.ptt", "--fail-on", level)
    assert run(*arguments, capsys=capsys)[0] == code


def test_fail_on_is_exit_0_if_only_milder_things_were_told(files: Path, capsys: Capture) -> None:
    (files / "good.ptt").write_text(GOOD.replace("critical", "low"))
    arguments = ("replay", "log.jsonl", "--pack", "good.ptt", "--fail-on", "medium")
    assert run(*arguments, capsys=capsys)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["replay", "nothing", "--pack", "good.ptt"], "PTT402"),
        (["replay", "good.ptt", "--pack", "good.ptt"], "PTT401"),
        (["replay", "log.jsonl", "--pack", "bad.ptt"], "PTT101"),
        (["replay", "log.jsonl", "--pack", "good.ptt", "--policy", "gard"], "PTT304"),
        (["replay", "log.jsonl", "--pack", "good.ptt", "--param", "x=1"], "PTT303"),
        (["replay", "log.jsonl", "--pack", "good.ptt", "--param", "x"], "PTT303"),
        (["replay", "log.jsonl", "--pack", "sft", "--param", "loss_jump_factor=99"], "PTT206"),
    ],
)
def test_unusable_input_is_exit_2_with_its_code(
    files: Path, capsys: Capture, arguments: list[str], code: str
) -> None:
    result, out, err = run(*arguments, capsys=capsys)
    assert (result, out) == (2, "")
    assert f"error[{code}]" in err


def test_a_parameter_changes_what_is_found(files: Path, capsys: Capture) -> None:
    text = GOOD.replace("0.3", "limit") + "param limit = 0.3 in 0..10\n"
    (files / "good.ptt").write_text(text)
    found = run("replay", "log.jsonl", "--pack", "good.ptt", "--param", "limit=0.6", capsys=capsys)
    assert "step 8" in found[1]


def test_several_runs_are_told_apart_in_json(files: Path, capsys: Capture) -> None:
    _, out, _ = run(
        "replay", "log.jsonl", "log.jsonl", "--pack", "good.ptt", "--json", capsys=capsys
    )
    assert {json.loads(line)["run"] for line in out.splitlines()} == {"log.jsonl"}


def test_an_internal_error_is_exit_3_without_a_traceback(
    files: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("ptt_rules.cli.replay.replay", fail)
    code, out, err = run("replay", "log.jsonl", "--pack", "good.ptt", capsys=capsys)
    assert (code, out) == (3, "")
    assert "internal error: RuntimeError: a bug" in err
    assert "Traceback" not in err
    _, _, err = run("replay", "log.jsonl", "--pack", "good.ptt", "--debug", capsys=capsys)
    assert "Traceback" in err


@pytest.mark.parametrize("command", ["new", "check", "fmt", "explain", "replay", "convert", "demo"])
def test_help_ends_with_an_example(command: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert capsys.readouterr().out.rstrip().split("\n")[-1].startswith(f"  ptt {command} ")


def test_a_closed_pipe_is_no_error(files: Path) -> None:
    command = f"{sys.executable} -m ptt_rules.cli.main replay log.jsonl --pack good.ptt | true"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stderr == ""
