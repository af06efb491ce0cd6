"""`ptt why` as a user runs it: streams, exit codes, JSON, colour."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from ptt_rules import load, why
from ptt_rules.cli.main import main
from ptt_rules.report import Colour
from ptt_rules.report.why import why_text

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
        "  critical when any of                                        true\n"
        "    is_lost and not is_dropped                                true\n"
        "      is_lost = any of                                        true\n"
        "        isnan(margins)                                        true\n"
        "          margins                                             nan\n"
        "        isnan(logps_chosen)                                   true\n"
        "          logps_chosen                                        nan\n"
        "        isnan(logps_rejected)                                 true\n"
        "          logps_rejected                                      nan\n"
        "      not is_dropped                                          true\n"
        "        is_dropped = coalesce(config.skip_nonfinite_steps, …  false\n"
        "          coalesce(config.skip_nonfinite_steps, 0)            0\n"
        "            config.skip_nonfinite_steps                       unknown  is not set\n"
        "    streak(isnan(margins)) >= 20                              false\n"
        "      streak(isnan(margins))                                  1\n\n"
        "  medium when is_lost                                         true\n"
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
    high, _ = explained["levels"]
    now = high["condition"]["parts"][0]["parts"][0]
    assert (now["name"], now["text"]) == ("now", "median(entropy[10])")
    assert now["window"]["count"] == now["window"]["size"] == 10


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
