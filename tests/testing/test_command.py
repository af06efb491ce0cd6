"""`ptt test` as a user runs it: what is found, streams, exit codes, reports for machines."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ptt_rules.cli import test as command
from ptt_rules.cli.main import main

Capture = pytest.CaptureFixture[str]

RULES = """\
metric kl: nats = "kl"

detector drift {
  critical  when kl > 5
  high      when kl > 1
  until     kl < 0.5
}

policy guard {
  on critical { stop }
}
"""
GOOD = 'test "it fires" { kl = 0 x 3, 2 x 3 expect drift.high at 4 }\n'
BAD = 'test "it does not" { kl = 0 x 3, 2 x 3 expect silence }\n'
NO_ROW = 'test "no such row" { kl = 0 x 3 expect no drift at 9 }\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def write(**files: str) -> None:
    for name, text in files.items():
        path = Path(name.replace("__", "/") + ".ptt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def run(*arguments: str, capsys: Capture) -> tuple[int, str, str]:
    code = main(("test", *arguments))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_what_passes_is_counted(capsys: Capture) -> None:
    write(mine=RULES + GOOD)
    assert run("mine.ptt", capsys=capsys) == (0, "mine: 1 passed\n", "")


def test_a_failure_is_shown_and_is_exit_1(capsys: Capture) -> None:
    write(mine=RULES + GOOD + BAD)
    code, out, err = run("mine.ptt", capsys=capsys)
    assert (code, err) == (1, "")
    assert out.startswith("failed mine: it does not\n  --> mine.ptt:13:")
    assert out.endswith("\n\nmine: 1 passed, 1 failed\n")


def test_a_test_that_cannot_run_is_told_on_standard_error(capsys: Capture) -> None:
    write(mine=RULES + GOOD + NO_ROW)
    code, out, err = run("mine.ptt", capsys=capsys)
    assert (code, out) == (1, "mine: 1 passed, 1 could not run\n")
    assert err.startswith('mine: test "no such row" cannot run\nerror[PTT406]: ')
    assert "its rows are of steps 1 to 3" in err


def test_all_packs_of_a_folder_run_with_the_tests_beside_them(capsys: Capture) -> None:
    head = "pack {} 1.0.0 {{ }}\n"
    write(lab__a__pack=head.format("a") + RULES, lab__a__inner__x_test=GOOD, lab__a__y_test=GOOD)
    write(lab__b__pack=head.format("b") + RULES)
    code, out, _ = run("lab", capsys=capsys)
    assert (code, out) == (0, "a: 2 passed\nb: no tests\n\n2 passed\n")


def test_of_one_file_only_its_own_tests_run(capsys: Capture) -> None:
    write(a__pack="pack a 1.0.0 { }\n", a__rules=RULES + GOOD, a__rules_test=BAD)
    assert run("a/rules.ptt", capsys=capsys)[:2] == (0, "a: 1 passed\n")
    assert run("a/rules_test.ptt", capsys=capsys)[0] == 1
    _, out, _ = run("a/rules.ptt", "a/rules_test.ptt", capsys=capsys)
    assert out.endswith("a: 1 passed, 1 failed\n")


def test_tests_beside_a_single_file_run_with_it(capsys: Capture) -> None:
    write(mine=RULES + GOOD, mine_test=GOOD.replace("it fires", "again"))
    assert run("mine.ptt", capsys=capsys)[1] == "mine: 2 passed\n"
    assert run("mine_test.ptt", capsys=capsys)[1] == "mine: 1 passed\n"


def test_words_choose_tests_whatever_their_case(capsys: Capture) -> None:
    write(mine=RULES + GOOD + BAD)
    assert run("mine.ptt", "-k", "FIRES", capsys=capsys)[:2] == (0, "mine: 1 passed\n")
    assert run("mine.ptt", "-k", "fires", "-k", "does not", capsys=capsys)[0] == 1


def test_no_tests_are_an_error(capsys: Capture) -> None:
    write(mine=RULES)
    code, out, err = run("mine.ptt", capsys=capsys)
    assert (code, out) == (2, "")
    assert err.startswith("error[PTT407]: no tests in mine.ptt")
    write(mine=RULES + GOOD)
    _, _, err = run("mine.ptt", "-k", "fries", "-k", "sleeps", capsys=capsys)
    assert "no test has `fries` or `sleeps` in its name" in err


def test_wrong_packs_are_unusable_and_all_of_them_are_told(capsys: Capture) -> None:
    write(lab__a__pack="pack a 1.0.0 { x }\n", lab__b__pack="pack b 1.0.0 { y }\n")
    code, out, err = run("lab", capsys=capsys)
    assert (code, out) == (2, "")
    assert "lab/a/pack.ptt" in err
    assert "lab/b/pack.ptt" in err


def test_it_stops_at_the_first_failure_if_asked(capsys: Capture) -> None:
    write(lab__a__pack="pack a 1.0.0 { }\n" + RULES + BAD + GOOD)
    write(lab__b__pack="pack b 1.0.0 { }\n" + RULES + GOOD)
    code, out, _ = run("lab", "-x", capsys=capsys)
    assert code == 1
    assert out.endswith("a: 1 failed\n\n1 failed\n")


def test_json_lines_and_nothing_else(capsys: Capture) -> None:
    write(mine=RULES + GOOD + BAD + NO_ROW)
    code, out, err = run("mine.ptt", "--json", "--coverage", capsys=capsys)
    assert (code, err) == (1, "")
    good, bad, no_row, coverage, summary = map(json.loads, out.splitlines())
    assert good["outcome"] == "passed"
    assert (good["pack"], good["test"], good["line"], good["rows"]) == ("mine", "it fires", 12, 6)
    (failure,) = bad["failures"]
    assert failure["expected"] == "expect silence"
    assert failure["message"] == "`mine.drift` fired high at step 4"
    assert (failure["detector"], failure["step"]) == ("mine.drift", 4)
    assert failure["events"][0]["event"] == "fired"
    assert no_row["errors"][0]["code"] == "PTT406"
    assert summary == {"event": "summary", "tests": 3, "passed": 1, "failed": 1, "error": 1}
    assert coverage["detectors"][0]["levels"]["high"] == {
        "fired": 2,
        "true": 6,
        "false": 6,
        "unknown": 0,
    }


def test_junit_xml_has_each_test_and_the_text_of_failures(capsys: Capture) -> None:
    odd = GOOD.replace("it fires", "it \\x01 <fires> & \\\\ tells")
    write(mine=RULES + odd + BAD + NO_ROW)
    assert run("mine.ptt", "--junit", "out.xml", capsys=capsys)[0] == 1
    (suite,) = ElementTree.parse("out.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    good, bad, no_row = suite
    assert good.get("name") == "it \N{REPLACEMENT CHARACTER} <fires> & \\ tells"
    assert len(good) == 0
    assert bad[0].tag == "failure"
    assert bad[0].get("message") == "`mine.drift` fired high at step 4"
    assert "expect silence" in bad[0].text
    assert no_row[0].tag == "error"


def test_a_report_that_cannot_be_written_is_told(capsys: Capture) -> None:
    write(mine=RULES + GOOD)
    code, _, err = run("mine.ptt", "--junit", "no/such/folder.xml", capsys=capsys)
    assert code == 2
    assert "PTT308" in err


def test_a_log_that_is_not_there_is_told_where_the_test_names_it(capsys: Capture) -> None:
    write(mine=RULES + 'test "t" { replay "run.jsonl" expect silence }\n')
    code, _, err = run("mine.ptt", capsys=capsys)
    assert code == 1
    assert "error[PTT402]: there is no such run log\n  --> mine.ptt:12:19" in err


def test_a_log_is_found_beside_the_file(capsys: Capture) -> None:
    rules = 'metric kl: nats = "kl"\ndetector d { high when kl > config.beta }\n'
    test = 'test "t" { config beta = 0.5 replay "run/log.jsonl" expect d.high at 2..3 }\n'
    write(lab__mine=rules, lab__mine_test=test)
    Path("lab/run").mkdir()
    rows = [{"step": 1, "kl": 0.4}, {"step": 2, "kl": 0.6}, {"step": 2, "eval": 1.0}]
    Path("lab/run/log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run("lab/mine_test.ptt", capsys=capsys)[:2] == (0, "mine: 1 passed\n")


@pytest.mark.parametrize(
    ("expected", "is_error"),
    [("drift at 20", True), ("no drift at 25..", True), ("drift at 1..30", False)],
)
def test_an_expectation_after_a_stop_is_an_error_of_the_test(
    expected: str, is_error: bool, capsys: Capture
) -> None:
    test = f'test "t" {{ kl = 0 x 3, 9 x 27 expect {expected} }}\n'
    write(mine=RULES + test)
    code, out, err = run("mine.ptt", capsys=capsys)
    assert code == is_error
    assert out == ("mine: 1 could not run\n" if is_error else "mine: 1 passed\n")
    assert ("error[PTT406]: the policy stopped at 4\n" in err) == is_error


def test_an_unknown_policy_is_told_where_it_is_named(capsys: Capture) -> None:
    write(mine=RULES + 'test "t" { with policy gaurd kl = 1 expect action stop }\n')
    code, _, err = run("mine.ptt", capsys=capsys)
    assert code == 1
    assert "error[PTT304]: no pack has a policy `gaurd`\n  --> mine.ptt:12:" in err
    assert "did you mean `guard`?" in err


# ---- coverage ------------------------------------------------------------------------------

FULL = """\
test "all of it" {
  kl = 0 x 3, 2 x 3, 0.1, 2 x 3, 9
  expect drift.critical
}
"""


def test_coverage_lists_what_no_test_did(capsys: Capture) -> None:
    write(mine=RULES + GOOD)
    code, out, _ = run("mine.ptt", "--coverage", capsys=capsys)
    assert code == 0
    assert (
        out
        == """\
mine: 1 passed

mine: 50% of rules covered (4 of 8 parts)
                     fired  true  false  unknown
  drift critical         0     0      6        0
  drift high             1     3      3        0
  drift until                  0      3        0
  guard on critical      0

  not covered:
    mine.ptt:4:3  drift never fired `critical`
    mine.ptt:4:3  drift `critical` was never true
    mine.ptt:6:3  drift `until` was never true while it fired
    mine.ptt:10:3  guard `on critical` never ran
"""
    )


def test_too_little_coverage_is_exit_1_and_lists_the_pack(capsys: Capture) -> None:
    write(mine=RULES + GOOD)
    code, out, _ = run("mine.ptt", "--fail-under", "51", capsys=capsys)
    assert code == 1
    assert "drift never fired `critical`" in out
    assert out.endswith("covered less than 51%: mine\n")
    assert run("mine.ptt", "--fail-under", "50%", capsys=capsys) == (0, "mine: 1 passed\n", "")
    write(mine=RULES + FULL)
    assert run("mine.ptt", "--fail-under", "100", capsys=capsys)[0] == 0


def test_what_a_pack_inherits_is_not_its_to_cover_but_what_it_overrides_is(
    capsys: Capture,
) -> None:
    head = "pack a 1.0.0 { extends common }\n"
    override = "override detector loss_not_finite { medium when loss > 99 }\n"
    test = 'test "t" { loss = 1 x 3, 100 expect loss_not_finite.medium }\n'
    write(a__pack=head + override + test)
    _, out, _ = run("a", "--coverage", capsys=capsys)
    rows = [line.split()[:2] for line in out.splitlines() if line.startswith("  loss")]
    assert rows == [["loss_not_finite", "critical"], ["loss_not_finite", "medium"]]


def test_only_judgements_count(capsys: Capture) -> None:
    rules = 'metric kl: nats = "kl"\ndetector d { after 5 steps high when kl > 1 }\n'
    write(mine=rules + 'test "t" { kl = 9 x 4, 0 x 3 expect no d }\n')
    _, out, _ = run("mine.ptt", "--coverage", capsys=capsys)
    assert "  d high      0     0      3        0\n" in out


@pytest.mark.parametrize("share", ["101", "-1", "much"])
def test_a_share_is_a_percentage(share: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(("test", "mine.ptt", f"--fail-under={share}"))
    assert stopped.value.code == 2
    assert "--fail-under" in capsys.readouterr().err


# ---- watching ------------------------------------------------------------------------------


def test_it_runs_again_when_a_file_changes(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(mine=RULES + BAD)
    os.utime("mine.ptt", (0, 0))
    edits = [RULES + GOOD, "x", RULES + BAD]

    def sleep(_: float) -> None:
        if not edits:
            raise KeyboardInterrupt
        text = edits.pop()
        if text != Path("mine.ptt").read_text():
            write(mine=text)
            os.utime("mine.ptt", (0, 9 - len(edits)))

    monkeypatch.setattr(command.time, "sleep", sleep)
    assert main(("test", "mine.ptt", "--watch")) == 130
    printed = capsys.readouterr()
    assert printed.out.startswith("failed mine: it does not")
    assert printed.out.endswith("mine: 1 failed\nmine: 1 passed\n")
    assert printed.err.count("mine.ptt changed") == 2
    assert "error[PTT" in printed.err
