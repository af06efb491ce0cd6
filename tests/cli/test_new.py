"""`ptt new detector`: what it writes passes the check, and its tests tell the truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptt_rules import check_sources, load, replay
from ptt_rules.cli.main import main

PACK = "pack lab 1.0.0 {\n  extends dpo\n}\n"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("lab/inner").mkdir(parents=True)
    Path("lab/pack.ptt").write_text(PACK)
    return tmp_path


def test_in_a_pack_the_tests_are_beside_the_detector(capsys: Capture) -> None:
    assert main(["new", "detector", "margin_odd", "lab", "--metric", "rewards/margins"]) == 0
    assert capsys.readouterr().out == (
        "wrote lab/margin_odd.ptt\n"
        "wrote lab/margin_odd_test.ptt\n"
        "next, fill in lab/margin_odd.ptt: the condition and the texts\n"
        "then: ptt check lab\n"
        "      ptt test lab\n"
    )
    assert check_sources("lab") == []
    assert main(["fmt", "--check", "lab/margin_odd.ptt", "lab/margin_odd_test.ptt"]) == 0


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("rewards/margins", None),  # the pack that it extends has a metric for it
        ("margins", None),
        ("kl", 'metric kl: nats = "kl"'),  # another shipped pack has
        ("my/own key", 'metric my_own_key: none = "my/own key"'),
        ("NAME/$metric", 'metric NAME_metric: none = "NAME/$metric"'),
        ("loss/", 'metric metric_loss: none = "loss/"'),  # the name is taken
    ],
)
def test_a_metric_is_declared_unless_the_pack_has_it(key: str, line: str | None) -> None:
    assert main(["new", "detector", "odd", "lab", "--metric", key]) == 0
    first = Path("lab/odd.ptt").read_text().partition("\n")[0]
    assert first == (line or "detector odd {")
    assert check_sources("lab") == []


def test_without_a_metric_the_check_says_what_to_fill_in(capsys: Capture) -> None:
    assert main(["new", "detector", "odd", "lab/inner"]) == 0
    assert main(["new", "detector", "other", "lab"]) == 0
    assert "the unit and key of the metric, " in capsys.readouterr().out
    told = check_sources("lab")
    assert [(one.code, one.file_name) for one in told] == [
        ("PTT104", "lab/inner/odd.ptt"),
        ("PTT104", "lab/other.ptt"),
    ]
    for path in ("lab/inner/odd.ptt", "lab/other.ptt"):
        Path(path).write_text(Path(path).read_text().replace("UNIT", "score"))
    assert check_sources("lab") == []


def test_outside_of_a_pack_one_file_holds_everything(capsys: Capture) -> None:
    assert main(["new", "detector", "kl_odd", "--metric", "kl"]) == 0
    assert capsys.readouterr().out.endswith(
        "then: ptt check kl_odd.ptt\n      ptt test kl_odd.ptt\n"
    )
    assert sorted(path.name for path in Path().glob("*.ptt")) == ["kl_odd.ptt"]
    assert check_sources("kl_odd.ptt") == []
    assert main(["fmt", "--check", "kl_odd.ptt"]) == 0


def test_the_pack_is_named_as_seen_from_where_one_stands(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("lab/inner")
    assert main(["new", "detector", "odd", "--metric", "kl"]) == 0
    assert "then: ptt check ..\n" in capsys.readouterr().out


def test_what_the_tests_state_is_true() -> None:
    main(["new", "detector", "kl_odd", "--metric", "kl"])
    text = Path("kl_odd.ptt").read_text()
    assert "kl = 1.0 x 40, 3.0 x 30\n  expect kl_odd.high at 50..60" in text
    assert "kl = 1.0 x 40, 1.9 x 30\n  expect no kl_odd" in text
    assert "`another/key` = 1.0 x 70\n  expect no kl_odd" in text

    def fired(key: str, later: float) -> list[int]:
        values = [1.0] * 40 + [later] * 30
        rows = [{"step": step, key: value} for step, value in enumerate(values, start=1)]
        return [event.step for event in replay(load("kl_odd.ptt"), rows).events]

    assert fired("kl", 3.0) == [53]
    assert fired("kl", 1.9) == []
    assert fired("another/key", 1.0) == []


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        (["kl-odd", "lab"], "PTT316", "such as `kl_odd`"),
        (["not"], "PTT316", "such as `detector_not`"),
        (["3"], "PTT316", "such as `detector_3`"),
        (["margin_lost", "lab"], "PTT102", "choose another name"),
        (["pack", "lab"], "PTT315", "choose another name"),
        (["odd", "lab/pack.ptt"], "PTT301", "name a folder"),
    ],
)
def test_a_name_or_place_that_will_not_do_is_one_error(
    arguments: list[str], code: str, hint: str, capsys: Capture
) -> None:
    before = sorted(Path().rglob("*"))
    assert main(["new", "detector", *arguments, "--metric", "kl"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("error[") == 1
    assert f"error[{code}]" in printed.err
    assert hint in printed.err
    assert sorted(Path().rglob("*")) == before
    assert Path("lab/pack.ptt").read_text() == PACK


def test_if_the_test_file_is_there_nothing_is_written(capsys: Capture) -> None:
    Path("lab/odd_test.ptt").write_text("# mine\n")
    assert main(["new", "detector", "odd", "lab", "--metric", "kl"]) == 2
    assert not Path("lab/odd.ptt").exists()
    assert Path("lab/odd_test.ptt").read_text() == "# mine\n"


def test_a_folder_that_is_not_there_is_made(capsys: Capture) -> None:
    assert main(["new", "detector", "kl_runaway", "new/lab", "--metric", "kl"]) == 0
    assert "wrote new/lab/kl_runaway.ptt" in capsys.readouterr().out
    assert main(["check", "new/lab"]) == main(["test", "new/lab"]) == 0
