"""What is called stricter or laxer is so on any run, and the command tells the same as JSON."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from ptt_rules import EventKind, load, loads, replay
from ptt_rules.authoring.compare import Turn, compare
from ptt_rules.authoring.compare.changes import Change
from ptt_rules.cli.main import main
from tests.compare.test_changes import ALL, Case

ROWS = 200


def _only_conditions(case: Case) -> dict[str, Turn]:
    """Detectors of which one condition became stricter or laxer, and nothing else changed."""
    changes: dict[str, list[Change]] = {}
    for one in compare(case.old, case.new).changes:
        changes.setdefault(one.name, []).append(one)
    return {
        name: found[0].turn
        for name, found in changes.items()
        if len(found) == 1
        and "." not in name
        and found[0].what.startswith("high when")
        and found[0].turn in (Turn.STRICTER, Turn.LAXER)
    }


ORDERED = [case for case in ALL if _only_conditions(case)]


def _active(text: str, rows: list[dict[str, float]]) -> dict[str, set[int]]:
    """The steps at which each detector holds."""
    found: dict[str, set[int]] = {}
    pack = loads(text)
    since: dict[str, int] = {}
    for event in replay(pack, rows).events:
        name = event.detector.partition(".")[2]
        if event.event is EventKind.FIRED:
            since[name] = event.step
        elif event.event is EventKind.RESOLVED:
            found.setdefault(name, set()).update(range(since.pop(name), event.step))
    for name, step in since.items():
        found.setdefault(name, set()).update(range(step, ROWS + 1))
    return found


def test_there_are_conditions_that_can_be_ordered() -> None:
    assert len(ORDERED) >= 5


@pytest.mark.parametrize("case", ORDERED, ids=lambda case: case.name)
def test_the_stricter_one_holds_wherever_the_other_does(case: Case) -> None:
    chance = random.Random(case.name)
    rows = [
        {
            "step": step,
            **({"kl": chance.lognormvariate(-0.5, 1)} if chance.random() < 0.8 else {}),
            **({"spread": chance.uniform(0.2, 1.5)} if chance.random() < 0.8 else {}),
        }
        for step in range(1, ROWS + 1)
    ]
    old, new = (_active(side.modules[0][0].text, rows) for side in (case.old, case.new))
    for name, turn in _only_conditions(case).items():
        narrow, wide = (old, new) if turn is Turn.STRICTER else (new, old)
        assert narrow.get(name, set()) < wide[name]


def test_the_command_tells_the_same_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rule = 'metric kl: nats = "kl"\ndetector a { critical when kl > LIMIT message "x" }\n'
    for name, version, limit in (("old", "1.0.0", "3"), ("new", "1.0.1", "2")):
        text = f"pack lab {version} {{ }}\n{rule.replace('LIMIT', limit)}"
        Path(f"{name}.ptt").write_text(text)
    Path("run.jsonl").write_text('{"step": 1, "kl": 2.5}\n{"step": 2, "kl": 4}\n')
    Path("ptt.yaml").write_text("disable: {lab.a: It has no say in a comparison.}\n")
    assert load("./old.ptt").detectors == ()
    code = main(
        ["pack", "diff", "old.ptt", "new.ptt", "--over", "run.jsonl", "--policy", "guard", "--json"]
    )
    told, run = map(json.loads, capsys.readouterr().out.splitlines())
    assert code == 1
    assert (told["bump"], told["required"], told["is_enough"]) == ("minor", "1.1.0", False)
    assert [(one["change"], one["name"]) for one in told["changes"]] == [("stricter", "a")]
    assert [(one["event"], one["step"]) for one in run["gone"]] == [
        ("fired", 2),
        *(("action", 2) for _ in range(3)),
    ]
    assert [(one["event"], one["step"]) for one in run["added"]] == [
        ("fired", 1),
        *(("action", 1) for _ in range(3)),
    ]


def test_a_pack_with_errors_is_not_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old.ptt").write_text("pack lab 1.0.0 { }\ndetector a { high when kx > 1 }\n")
    assert main(["pack", "diff", "old.ptt", "old.ptt"]) == 2
    assert "[PTT101]" in capsys.readouterr().err
