"""`ptt why` as a user runs it: streams, exit codes, JSON, colour."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ptt_rules import load, why
from ptt_rules.cli.main import main
from ptt_rules.report import Colour
from ptt_rules.report.why import why_text
from tests.cli.commands import make_folder

Capture = pytest.CaptureFixture[str]
RUNS = Path(__file__).parents[1] / "runs"
NAN_RUN = str(RUNS / "dpo-1.16-nan-s0.jsonl")
HEALTHY = str(RUNS / "grpo-1.16-healthy-s0.jsonl")


def run(*arguments: str, capsys: Capture) -> tuple[int, str, str]:
    code = main(("why", *arguments))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_the_first_event_of_a_real_run(capsys: Capture) -> None:
    code, out, err = run(NAN_RUN, "--pack", "dpo", "margin_lost", capsys=capsys)
    assert (code, err) == (0, "")
    assert out == (
        "preference.margin_lost at step 101 (row 104): fired critical\n"
        "  here it fired first\n\n"
        "  critical when any of                                     true\n"
        "    all of                                                 true\n"
        "      is_lost = any of                                     true\n"
        "        isnan(margins)                                     true\n"
        "          margins                                          nan\n"
        "        isnan(logps_chosen)                                true\n"
        "          logps_chosen                                     nan\n"
        "        isnan(logps_rejected)                              true\n"
        "          logps_rejected                                   nan\n"
        "      not is_alive                                         true\n"
        "        is_alive = any of                                  false\n"
        "          coalesce(has_gradient, false)                    false\n"
        "            has_gradient = all of                          false\n"
        "              observed(grad_norm)                          true\n"
        "              isfinite(grad_norm)                          false\n"
        "                grad_norm                                  nan\n"
        "              loss != 0                                    false\n"
        "                loss                                       0\n"
        "            false                                          false\n"
        "          coalesce(has_a_side, false)                      false\n"
        "            has_a_side = all of                            false\n"
        "              isfinite(chosen) or isfinite(rejected)       false\n"
        "                isfinite(chosen)                           false\n"
        "                  chosen                                   nan\n"
        "                isfinite(rejected)                         false\n"
        "                  rejected                                 nan\n"
        "              isfinite(loss)                               true\n"
        "                loss                                       0\n"
        "              loss != 0                                    false\n"
        "                loss                                       0\n"
        "              not coalesce(isnan(grad_norm), false)        false\n"
        "                coalesce(isnan(grad_norm), false)          true\n"
        "                  isnan(grad_norm)                         true\n"
        "                    grad_norm                              nan\n"
        "                  false                                    false\n"
        "            false                                          false\n"
        "      not is_dropped                                       true\n"
        "        is_dropped = coalesce(config.skip_nonfinite_step…  false\n"
        "          config.skip_nonfinite_steps                      unknown  is not set\n"
        "          false                                            false\n"
        "      not firing(not_finite_from_the_start)                true\n"
        "        firing(not_finite_from_the_start)                  false\n"
        "    all((isnan(margins) and not is_alive)[20])             false    20 of 20, steps\n"
        "                                                                    82..101\n\n"
        "  medium when all of                                       true\n"
        "    is_lost                                                true\n"
        "    not firing(not_finite_from_the_start)                  true\n"
        "      firing(not_finite_from_the_start)                    false\n\n"
        "  keep 30  0 of 30 judgements since it fired at step 101\n"
    )


def test_a_step_before_it(capsys: Capture) -> None:
    arguments = (NAN_RUN, "--pack", "dpo", "preference.margin_lost", "--step", "100")
    _, out, _ = run(*arguments, capsys=capsys)
    assert out.startswith("preference.margin_lost at step 100 (row ")
    assert re.search(r"^  critical when any of +false$", out, re.MULTILINE)


def test_parameters_change_what_is_explained(capsys: Capture) -> None:
    arguments = (HEALTHY, "--pack", "grpo", "entropy_collapse", "--param", "entropy_floor=40%")
    _, out, _ = run(*arguments, capsys=capsys)
    floor = next(line for line in out.splitlines() if line.strip().startswith("entropy_floor  "))
    assert floor.split() == ["entropy_floor", "0.4", "parameter"]


def test_json_is_one_object_and_nothing_else(capsys: Capture) -> None:
    code, out, err = run(HEALTHY, "--pack", "grpo", "entropy_collapse", "--json", capsys=capsys)
    assert (code, err, out.count("\n")) == (0, "", 1)
    explained = json.loads(out)
    assert explained == why(load("grpo"), HEALTHY, "entropy_collapse").to_json()
    assert explained["event"] is None
    assert explained["chosen"].startswith("it never fired; here it came nearest to `high`")
    assert [level["level"] for level in explained["levels"]] == ["critical", "high", "medium"]
    is_low = explained["levels"][0]["condition"]["parts"][0]
    now = is_low["parts"][0]["parts"][0]
    assert (now["name"], now["text"]) == ("now", "median(entropy[5])")
    assert now["window"]["count"] == now["window"]["size"] == 5


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((NAN_RUN, "--pack", "dpo", "margin_lots"), "PTT101"),
        ((NAN_RUN, "--pack", "dpo", "margin_lost[x]"), "PTT101"),
        (("nowhere.jsonl", "--pack", "dpo", "margin_lost"), "PTT402"),
        ((NAN_RUN, "--pack", "nowhere", "margin_lost"), "PTT301"),
        ((NAN_RUN, "--pack", "dpo", "margin_lost", "--param", "x=1"), "PTT303"),
    ],
)
def test_what_cannot_be_used_is_an_error(
    arguments: tuple[str, ...], code: str, capsys: Capture
) -> None:
    result, out, err = run(*arguments, capsys=capsys)
    assert (result, out) == (2, "")
    assert f"error[{code}]" in err


def test_a_misspelt_detector_is_told_the_nearest(capsys: Capture) -> None:
    _, _, err = run(NAN_RUN, "--pack", "dpo", "margin_lots", capsys=capsys)
    assert "there is no detector `margin_lots`\n   = hint: did you mean `margin_lost`?\n" in err


def test_truths_have_colours_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    explained = why(load("dpo"), NAN_RUN, "margin_lost")
    colourful = why_text(explained, Colour.of(Terminal()))
    assert "\x1b[1mtrue\x1b[0m" in colourful
    assert "\x1b[1;31mfired critical\x1b[0m" in colourful
    assert "\x1b" not in why_text(explained)


# ---- without a detector --------------------------------------------------------------------


def test_without_a_detector_it_is_the_first_cause(capsys: Capture) -> None:
    code, out, err = run(NAN_RUN, "--pack", "dpo", capsys=capsys)
    assert (code, err) == (0, "")
    assert out.startswith("the first cause: preference.margin_lost\n  The reward margin is nan")
    _, alone, _ = run(NAN_RUN, "--pack", "dpo", "margin_lost", capsys=capsys)
    conditions = alone.split("\n\n", 1)[1]
    assert out.endswith(conditions)


def test_of_a_run_it_is_what_show_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    make_folder(tmp_path)
    _, out, _ = run("run", capsys=capsys)
    assert out.startswith("the first cause: good.kl_high\n")
    assert re.search(r"^  critical when mean\(kl\[3\]\) > 0.3 +true$", out, re.MULTILINE)
    _, out, _ = run("run", "--json", capsys=capsys)
    told = json.loads(out)
    assert told["detector"] == told["incident"]["first_cause"]["detector"] == "good.kl_high"
    assert main(["show", "run", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert told["incident"] == shown["incidents"][0]
    assert told["reach"] == shown["reach"]


def test_parameters_change_the_first_cause_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Then it is that of a replay, as what was recorded was judged with others."""
    monkeypatch.chdir(tmp_path)
    make_folder(tmp_path)
    Path("good.ptt").write_text(Path("good.ptt").read_text().replace("0.3", "9"))
    _, out, _ = run("run", "--pack", "good.ptt", capsys=capsys)
    assert out.startswith("nothing was found; 1 of 1 detector could judge\n")


def test_where_nothing_was_found_it_says_what_could_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    make_folder(tmp_path)
    code, out, err = run("fine", capsys=capsys)
    assert (code, err) == (0, "")
    assert out == (
        "nothing was found; 1 of 1 detector could judge\n"
        "  `ptt why fine DETECTOR` shows how near a detector came to firing\n"
    )
    _, out, _ = run("blind.jsonl", "--pack", "good.ptt", capsys=capsys)
    assert out.startswith(
        "nothing was found; 0 of 1 detector could judge\n  could not judge, as `kl`"
    )
    _, out, _ = run("blind.jsonl", "--pack", "good.ptt", "--json", capsys=capsys)
    told = json.loads(out)
    assert (told["detector"], told["incident"], told["reach"]["judged"]) == (None, None, 0)


def test_a_finding_of_ones_own_code_is_named_and_has_no_condition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    make_folder(tmp_path)
    events = Path("run/events.jsonl")
    events.write_text(events.read_text().replace("good.kl_high", "own.check"))
    code, out, err = run("run", capsys=capsys)
    assert (code, err) == (0, "")
    assert out.startswith("the first cause: own.check\n")
    assert "critical when" not in out


def test_a_log_that_can_be_read_once_is_enough(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text(Path(NAN_RUN).read_text())
    command = [sys.executable, "-m", "ptt_rules.cli.main", "why", "/dev/stdin", "--pack", "dpo"]
    with (tmp_path / "log.jsonl").open() as log:
        done = subprocess.run(command, stdin=log, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("the first cause: preference.margin_lost\n")
