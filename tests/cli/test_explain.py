"""`ptt explain`: pages of codes and of detectors, on a screen and as JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ptt_rules import shipped_packs
from ptt_rules.authoring.pages import PAGES
from ptt_rules.cli import explain
from ptt_rules.cli.main import main
from ptt_rules.language.codes import Rules
from ptt_rules.packs import load
from ptt_rules.report import Colour, rule_words
from ptt_rules.report.explain import code_text, detector_text

Capture = pytest.CaptureFixture[str]
GOLDEN = Path(__file__).parents[1] / "golden" / "pages"

LAB = """\
pack lab 1.0.0 { extends grpo }

metric kl_max: nats in 0.. = "kl_max"
param limit = 0.3 in 0..10

detector kl_spike {
  summary "One token is far from the reference"
  high    when max(kl_max[5]) > limit
               and mean(kl_max[5]) > 0.1
  low     when kl_max > limit
  for     3
  keep    20 steps
  again   every 50 steps
  until   kl_max < limit / 2
}
"""


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "lab.ptt"
    path.write_text(LAB)
    return path


def run(*arguments: str, capsys: Capture) -> tuple[int, str, str]:
    code = main(("explain", *arguments))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


# ---- codes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("code", PAGES)
def test_a_page_fits_the_screen_and_shows_both_examples(code: str, capsys: Capture) -> None:
    result, out, err = run(code, capsys=capsys)
    assert (result, err) == (0, "")
    assert out.startswith(f"{code}  {PAGES[code].title}\n\n")
    before, _, after = out.partition("\nThis is wrong:\n")
    assert max(map(len, before.splitlines())) <= 88
    example = after.partition("What ptt says:")[0] + after.partition("This is right:")[2]
    # an object of JSON lines stands in one line, however long it is
    shown = [line for line in example.splitlines() if not line.startswith("    {")]
    assert max(map(len, shown)) <= 88
    assert "\nThis is right:\n" in out
    assert ("\nWhat ptt says:\n" in out) == isinstance(PAGES[code].failing, Rules)
    assert "\x1b" not in out


def test_a_page_shows_what_ptt_really_says(capsys: Capture) -> None:
    _, out, _ = run("ptt203", capsys=capsys)
    assert "    error[PTT203]: `mean(kl[20])` is in nats, `30%` is a ratio\n" in out
    assert "       |             ------------   ^^^ ratio\n       |             nats\n" in out


def test_a_page_as_json(capsys: Capture) -> None:
    _, out, _ = run("PTT203", "--json", capsys=capsys)
    page = json.loads(out)
    assert list(page) == [
        "code",
        "title",
        "what",
        "why",
        "doubt",
        "failing",
        "diagnostics",
        "fixed",
    ]
    assert page["failing"] == {"rules": PAGES["PTT203"].failing.text}  # type: ignore[union-attr]
    assert [told["code"] for told in page["diagnostics"]] == ["PTT203"]
    _, out, _ = run("PTT402", "--json", capsys=capsys)
    assert set(json.loads(out)["failing"]) == {"command", "files", "without"}
    _, out, _ = run("PTT503", "--json", capsys=capsys)
    assert set(json.loads(out)["fixed"]) == {"python", "files"}


# ---- detectors -----------------------------------------------------------------------------


@pytest.mark.parametrize("pack", shipped_packs())
def test_every_shipped_detector_has_a_page(pack: str) -> None:
    loaded = load(pack)
    for detector, compiled in zip(loaded.detectors, loaded.compiled.detectors, strict=True):
        text = detector_text(detector, {}, rule_words(compiled.detector, loaded.params))
        assert text.startswith(detector.name)
        for clause in detector.clauses:
            assert clause.text.split()[0] in text
        for keys in detector.keys:
            assert all(f"`{key}`" in text for key in keys)
        folder, _, _ = detector.name.partition(".")
        assert f"rulepacks/{folder}/" in text.splitlines()[-1].replace(os.sep, "/")


def test_a_detector_of_ones_own(lab: Path, capsys: Capture) -> None:
    result, out, err = run("lab.kl_spike", "--pack", "lab.ptt", capsys=capsys)
    assert (result, err) == (0, "")
    assert out == (GOLDEN / "kl_spike.txt").read_text()


def test_a_detector_as_json(lab: Path, capsys: Capture) -> None:
    _, out, _ = run("kl_spike", "--pack", "lab.ptt", "--json", capsys=capsys)
    assert json.loads(out) == {
        "detector": "lab.kl_spike",
        "summary": "One token is far from the reference",
        "family": None,
        "levels": [
            {"level": "high", "when": "max(kl_max[5]) > limit\nand mean(kl_max[5]) > 0.1"},
            {"level": "low", "when": "kl_max > limit"},
        ],
        "lets": {},
        "clauses": {
            "for": "3",
            "keep": "20 steps",
            "again every": "50 steps",
            "until": "kl_max < limit / 2",
        },
        "words": {
            "levels": {
                "high": "the greatest `kl_max` of the last 5 logs is over `limit` (0.3) and the "
                "mean of `kl_max` over the last 5 logs is over 0.1",
                "low": "`kl_max` is over `limit` (0.3)",
            },
            "names": {},
            "notes": [
                "A level fires once it has held at 3 judgements in a row.",
                "It ends once `kl_max` is under `limit` (0.3) divided by 2.",
                "It fires on for at least 20 steps after it fired or got worse.",
                "While it fires it is reported again every 50 steps.",
            ],
        },
        "params": {"lab.limit": 0.3},
        "metrics": [
            {
                "name": "kl_max",
                "unit": "nats",
                "low": 0.0,
                "high": None,
                "description": "",
                "keys": ["kl_max"],
            }
        ],
        "why": "",
        "remedy": "",
        "level_texts": {},
        "reference": "",
        "file": "lab.ptt",
        "line": 6,
    }


def test_a_bare_name_will_do_where_one_shipped_pack_has_it(capsys: Capture) -> None:
    bare = run("memorised", capsys=capsys)
    assert bare[0] == 0
    assert bare == run("sft.memorised", capsys=capsys)


def test_parameters_are_those_of_the_detectors_own_pack(capsys: Capture) -> None:
    for name in ("policy_gradient", "dpo"):
        _, out, _ = run(f"{name}.entropy_collapse", "--json", capsys=capsys)
        assert [*json.loads(out)["params"]] == [f"{name}.entropy_floor"]
    _, out, _ = run("ppo.kl_above_target", "--pack", "grpo", "--pack", "ppo", capsys=capsys)
    assert "\n    ppo.kl_target  0.5\n" in out
    assert "grpo" not in out


# ---- neither -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("entropy_colapse", "did you mean `entropy_collapse`?"),
        ("grpo.kl_jumpp", "did you mean `grpo.kl_jump`?"),
        ("PTT20", "did you mean `PTT2"),
        (
            "entropy_collapse",
            "write `dpo.entropy_collapse` or `policy_gradient.entropy_collapse` or ",
        ),
        ("?", "give a code such as `PTT101`, or a detector"),
    ],
)
def test_a_name_that_is_neither_is_one_error(name: str, hint: str, capsys: Capture) -> None:
    result, out, err = run(name, capsys=capsys)
    assert (result, out) == (2, "")
    assert err.count("error[") == 1
    assert hint in err


def test_a_pack_that_is_wrong_is_told(lab: Path, capsys: Capture) -> None:
    lab.write_text(LAB.replace("kl_max > limit\n", "kl_mix > limit\n"))
    result, _, err = run("lab.kl_spike", "--pack", "lab.ptt", capsys=capsys)
    assert result == 2
    assert "nothing is called `kl_mix`" in err


def test_colour_is_there_only_where_it_is_wanted() -> None:
    page = PAGES["PTT203"]
    told = explain._reported(page.code, page.failing.text)  # type: ignore[union-attr]
    assert "\x1b[" in code_text(page, told, Colour(is_on=True))
    assert "\x1b[" not in code_text(page, told)
    pack = load("grpo")
    words = rule_words(pack.compiled.detectors[0].detector, pack.params)
    assert "\x1b[" in detector_text(pack.detectors[0], {}, words, Colour(is_on=True))
