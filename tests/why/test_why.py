"""The answers of `ptt why`, read by a person, and equal to what the engine computes."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from ptt_rules import Pack, PttError, load, loads, replay, why
from ptt_rules.cli.main import main
from ptt_rules.engine.replay import FrameReplay
from ptt_rules.logs import frame_of
from ptt_rules.report.why import why_text
from tests.engine.random_packs import configs, packs, runs

CASES = Path(__file__).parent / "cases.md"
SECTION = re.compile(r"^## (.*?)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)


def block(text: str, kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL)
    return found[1] if found else ""


def answer(pack: Pack, rows: list[dict[str, Any]], question: str) -> str:
    detector, _, step = question.partition(" at ")
    return why_text(why(pack, rows, detector, step=int(step) if step else None))


def answers(text: str) -> str:
    pack = loads(block(text, "ptt"))
    rows = [json.loads(line) for line in block(text, "rows").splitlines()]
    questions = block(text, "ask").splitlines()
    return "\n\n".join(answer(pack, rows, question) for question in questions) + "\n"


@pytest.mark.parametrize(
    ("name", "text"), SECTION.findall(CASES.read_text()), ids=lambda value: value.split("\n")[0]
)
def test_the_answer_is_as_a_person_read_it(name: str, text: str) -> None:
    found = answers(text)
    if os.environ.get("PTT_REWRITE_GOLDEN"):
        page = CASES.read_text()
        before = text.partition("```text")[0].rstrip()
        CASES.write_text(page.replace(text, f"{before}\n```text\n{found}```\n\n"))
    else:
        assert found == block(text, "text")
    assert max(map(len, found.splitlines())) <= 130


@settings(max_examples=25)
@given(text=packs(), rows=runs(), config=configs)
def test_every_row_of_every_detector_is_explained_with_what_the_engine_has(
    text: str, rows: list[dict[str, Any]], config: dict[str, Any]
) -> None:
    pack = loads(text)
    judged = FrameReplay(pack.compiled, frame_of(rows).frame, config)
    fired = {(event.detector, event.step) for event in replay(pack, rows, config=config).events}
    for detector in judged.detectors:
        for row in range(0, len(rows), 7):
            explained = why(pack, rows, detector.name, step=rows[row]["step"], config=config)
            assert explained.row is not None
            assert explained.row >= row
            for told, (level, truth) in zip(explained.levels, detector.levels, strict=True):
                assert told.level is level
                assert told.is_true == judged.columns[truth][explained.row]
        chosen = why(pack, rows, detector.name, config=config)
        assert json.dumps(chosen.to_json(), allow_nan=False)
        if chosen.chosen == "the first finding":
            assert (detector.detector.qualified, chosen.step) in fired


RULES = 'metric kl: nats = "kl"\ndetector high_kl { high when kl > 1 }\n'


def test_the_command_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules, log = tmp_path / "mine.ptt", tmp_path / "log.jsonl"
    rules.write_text(RULES)
    log.write_text('{"step": 1, "kl": 2}\n')
    assert main(["why", str(log), "high_kl", "--pack", str(rules)]) == 0
    assert "mine.high_kl at step 1 (row 0): fired high" in capsys.readouterr().out
    assert main(["why", str(log), "mine.high_kl", "--pack", str(rules), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["step"], told["verdict"]) == (1, "fired high")
    assert told["levels"][0]["condition"]["parts"][0]["value"] == 2
    assert main(["why", str(log), "high_kk", "--pack", str(rules)]) == 2
    assert "did you mean `high_kl`?" in capsys.readouterr().err


def test_one_of_several_instances_must_be_named() -> None:
    pack = loads('metric r[f]: score = "r/{f}"\ndetector d for each r { high when r > 1 }')
    rows = [{"step": 1, "r/a": 1, "r/b": 1}]
    with pytest.raises(PttError, match=r"2 instances .*d\[a\]"):
        why(pack, rows, "d")
    assert why(pack, rows[:0], "d").verdict == "blind"


def test_one_of_several_packs_must_be_named(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.ptt").write_text(RULES)
    pack = load(tmp_path / "one.ptt", tmp_path / "two.ptt")
    with pytest.raises(PttError, match="several packs have a detector `high_kl`"):
        why(pack, [{"step": 1, "kl": 1}], "high_kl")
