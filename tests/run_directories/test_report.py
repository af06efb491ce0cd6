"""`ptt report`: one page that needs nothing else, with all that a run directory holds."""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.cli.main import main
from ptt_rules.report.run import run_page, write_report
from ptt_rules.runs import read_run
from tests.run_directories import test_show
from tests.run_directories.made import Life, pack_of, rows_of

VOID = {"meta", "circle", "line", "path", "polyline", "rect", "br"}


class Page(HTMLParser):
    """The elements of a page, which must be closed in their order; its text, and its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.heads: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {given["id"]} if given.get("id") else set()
        self.links += [str(given[name]) for name in ("href", "src") if given.get(name)]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.open and self.open[-1] == "h2":
            self.heads.append(data)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("runs")


def full(runs: Path) -> Path:
    """A run with everything: a fault, a resume, checkpoints, ranks, snapshots."""
    chance = random.Random(3)
    folder = runs / "full"
    pack = pack_of(runs.parent)
    life = Life(pack, folder, max_steps=160, output_dir="out")
    state: dict[str, Any] = {}
    for row in rows_of(90, {60: {"kl": 0.8}, 70: {"kl": 0.2}, 80: {"grad_norm": 0.0}}):
        stops = life.log(row)
        if row["step"] == 40:
            life.save()
            state = life.engine.state()
        if stops:
            break
    life.close()
    again = Life(pack, folder, max_steps=160, output_dir="out")
    again.resume(40, state)
    for row in rows_of(160, {100: {"entropy": 0.05}, 120: {"grad_norm": 0.0}}):
        if row["step"] <= 40:
            continue
        noise = {key: row[key] * (1 + chance.gauss(0, 0.05)) for key in ("loss", "entropy")}
        stops = again.log({**row, **noise, **_ranks(row["step"], chance), "a<b>&c": 1.0})
        if row["step"] == 80 or stops:
            again.save()
        if stops:
            break
    again.close()
    _snapshots(folder)
    return folder


def _ranks(step: int, chance: random.Random) -> dict[str, float]:
    slow = {2: 1.9} if step > 90 else {}
    values = {}
    for rank in range(4):
        values[f"ranks/step_time/{rank}"] = chance.gauss(1.0, 0.03) * slow.get(rank, 1.0)
        values[f"ranks/memory/{rank}"] = 40.0 + rank
    return values


def _snapshots(folder: Path) -> None:
    (folder / "snapshots").mkdir()
    (folder / "diffs").mkdir()
    for step in (0, 50, 100):
        metrics = {"snapshot/length": 20.0 + step, "snapshot/refusal_rate": step / 400}
        said = [{"prompt": "What is 2 < 3?", "text": f"Answer {step}", "truncated": False}]
        data = {"version": 1, "step": step, "metrics": metrics, "completions": said}
        (folder / "snapshots" / f"step-{step:08}.json").write_text(json.dumps(data))
    words = [["=", "Answer "], ["-", "50"], ["+", "100"]]
    prompt = {"prompt": "What is 2 < 3?", "before": "Answer 50", "after": "Answer 100"}
    diff = {"before": 50, "after": 100, "prompts": [{**prompt, "similarity": 0.8, "words": words}]}
    (folder / "diffs" / "step-00000050-step-00000100.json").write_text(json.dumps(diff))


def test_a_page_has_all_that_the_run_left_and_needs_nothing_else(runs: Path) -> None:
    text = run_page(read_run(full(runs)))
    page = Page(text)
    assert page.heads == [
        "Timeline", "Metrics", "Incidents", "What the policy did", "Checkpoints", "Postmortem",
        "Behaviour", "Ranks", "Detectors", "Provenance",
    ]  # fmt: skip
    assert all(link.startswith("#") and link[1:] in page.anchors for link in page.links)
    assert not re.search(r"<script|<link|@import|url\(", text)
    for words in ("what it said", "lab.entropy_low", "checkpoint-80", "rank 2", "refusal_rate"):
        assert words in text
    assert "of a branch that a resume went back before" in page.words
    assert "a<b>&c" in page.words
    assert '<span class="worst">1.' in text  # the slow rank
    assert "<del>50</del>" in text
    assert "<ins>100</ins>" in text
    assert len(text) < 200_000


SCENES: list[Callable[[Path], None]] = list(test_show.SCENES.values())


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_a_page_is_made_of_every_kind_of_run(scene: Callable[[Path], None], runs: Path) -> None:
    scene(runs)
    page = Page(run_page(read_run(runs / scene.__name__)))
    assert "Timeline" in page.heads
    assert "What to do now" in page.words


def test_what_is_written_is_escaped(runs: Path) -> None:
    folder = full(runs)
    about = json.loads((folder / "run.json").read_text())
    about["rules"]["lab.gradient_lost"]["why"] = "<script>alert(1)</script>"
    about["host"] = "<img src=x>"
    (folder / "run.json").write_text(json.dumps(about))
    text = write_report(folder).read_text()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>" not in text
    assert "<img" not in text


def test_the_command_writes_a_page_and_a_picture(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    folder = full(runs)
    assert main(["report", str(folder), "--png"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [str(folder / "report.html"), str(folder / "report.png")]
    assert (folder / "report.png").read_bytes().startswith(b"\x89PNG")
    assert main(["report", str(folder), "-o", "no/such/folder.html"]) == 2
    assert "error[PTT308]" in capsys.readouterr().err


def test_a_picture_without_its_library_is_told_so(
    runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = full(runs)
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    monkeypatch.delitem(sys.modules, "ptt_rules.report.picture", raising=False)
    assert main(["report", str(folder), "--png"]) == 2
    printed = capsys.readouterr()
    assert "error[PTT404]" in printed.err
    assert printed.out.splitlines() == [str(folder / "report.html")]
