"""`ptt check --lint` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ptt_rules.cli.main import main

Capture = pytest.CaptureFixture[str]
RULE = """\
metric kl: nats = "kl"
  "KL divergence to the reference."

detector kl_runaway {
  high when mean(kl[20]) > 0.3
  for  1
}
"""
MENDED = """\
metric kl: nats = "kl"
  "KL divergence to the reference."

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.ptt").write_text(RULE)
    return tmp_path


def run(*arguments: str, capsys: Capture) -> tuple[int, str, str]:
    code = main(["check", *arguments, "mine.ptt"])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def codes(out: str) -> list[str]:
    return [json.loads(line)["code"] for line in out.splitlines()]


def test_without_the_option_nothing_is_said(folder: Path, capsys: Capture) -> None:
    assert run(capsys=capsys) == (0, "", "")


def test_warnings_are_shown_and_do_not_fail(folder: Path, capsys: Capture) -> None:
    code, out, err = run("--lint", "--select", "PTT622", capsys=capsys)
    assert (code, out) == (0, "")
    assert err.startswith("warning[PTT622]: `for 1` is the default")
    assert err.endswith("\n1 warning in 1 file, 1 of them fixed by --fix\n")


def test_with_strict_they_fail(folder: Path, capsys: Capture) -> None:
    assert run("--lint", "--strict", capsys=capsys)[0] == 1
    assert run("--strict", "--select", "PTT611", capsys=capsys)[0] == 0


def test_rules_are_chosen_by_codes_and_their_beginnings(folder: Path, capsys: Capture) -> None:
    _, out, _ = run("--json", "--select", "ptt62", "--select", "PTT65", capsys=capsys)
    assert codes(out) == ["PTT653", "PTT622"] or codes(out) == ["PTT622"]
    _, out, _ = run("--json", "--lint", "--ignore", "PTT64", "--ignore", "PTT622", capsys=capsys)
    assert "PTT622" not in codes(out)
    assert not any(code.startswith("PTT64") for code in codes(out))


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_a_rule_that_is_none_is_an_error(option: str, folder: Path, capsys: Capture) -> None:
    code, _, err = run(option, "PTT101", capsys=capsys)
    assert code == 2
    assert "the linter has no rule `PTT101`" in err


def test_a_pack_with_errors_is_not_linted(folder: Path, capsys: Capture) -> None:
    (folder / "mine.ptt").write_text(RULE.replace("mean(kl", "mean(kll"))
    code, out, _ = run("--lint", "--json", capsys=capsys)
    assert (code, codes(out)) == (1, ["PTT101"])


def test_the_edits_are_put_in(folder: Path, capsys: Capture) -> None:
    code, out, err = run("--fix", "--select", "PTT622", capsys=capsys)
    assert (code, out, err) == (0, "", "mine.ptt: 1 edit\n")
    assert (folder / "mine.ptt").read_text() == MENDED
    assert run("--fix", "--select", "PTT622", capsys=capsys) == (0, "", "")


def test_line_ends_stay_as_they_are(folder: Path, capsys: Capture) -> None:
    (folder / "mine.ptt").write_bytes(RULE.replace("\n", "\r\n").encode())
    run("--fix", "--select", "PTT622", capsys=capsys)
    assert (folder / "mine.ptt").read_bytes() == MENDED.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("first", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("second", ["\r\n", "\n", "\r"])
def test_bytes_that_no_edit_touches_stay(
    first: str, second: str, mark: bytes, folder: Path, capsys: Capture
) -> None:
    lines = ['# "µ"', *RULE.splitlines(), "", "# the end"]
    ends = [first if place % 2 else second for place in range(len(lines))]
    written = [f"{line}{end}".encode() for line, end in zip(lines, ends, strict=True)]
    (folder / "mine.ptt").write_bytes(mark + b"".join(written))
    assert run("--fix", "--select", "PTT622", capsys=capsys)[0] == 0
    left = [line for line in written if not line.startswith(b"  for  1")]
    assert (folder / "mine.ptt").read_bytes() == mark + b"".join(left)


def test_what_has_no_edit_is_left_and_told(folder: Path, capsys: Capture) -> None:
    code, _, err = run(
        "--fix", "--strict", "--ignore", "PTT64", "--ignore", "PTT653", capsys=capsys
    )
    assert code == 0
    code, _, err = run("--fix", "--strict", "--select", "PTT640", capsys=capsys)
    assert code == 1
    assert "PTT640" in err


@pytest.mark.parametrize("shape", ["json", "github", "sarif"])
def test_machines_are_told_that_it_is_a_warning(shape: str, folder: Path, capsys: Capture) -> None:
    code, out, err = run("--lint", "--select", "PTT622", "--format", shape, capsys=capsys)
    assert (code, err) == (0, "")
    if shape == "json":
        (told,) = map(json.loads, out.splitlines())
        assert (told["severity"], told["line"], told["edit"]["text"]) == ("warning", 6, "")
    elif shape == "github":
        assert out.startswith("::warning file=mine.ptt,line=6,")
    else:
        (result,) = json.loads(out)["runs"][0]["results"]
        assert (result["level"], result["ruleId"]) == ("warning", "PTT622")
        assert result["fixes"]
