"""`ptt report`: one page that needs nothing else, with all that a run directory holds."""

from __future__ import annotations

import json
import math
import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.cli.main import main
from ptt_rules.report.run import run_drawing, run_page, write_report
from ptt_rules.report.run.curves import curves
from ptt_rules.report.run.timeline import stacked, timeline
from ptt_rules.runs import read_run
from tests.run_directories import test_show
from tests.run_directories.made import Life, pack_of, rows_of

SVG = "{http://www.w3.org/2000/svg}"
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


def test_metrics_after_the_first_twelve_are_folded_away_and_none_is_left_out_unsaid(
    runs: Path,
) -> None:
    life = Life(pack_of(runs.parent), runs / "wide", max_steps=9, output_dir="out")
    many = {f"m{number:02}": 1.0 for number in range(70)}
    life.log({"step": 1, "time": 1.0, **many, "reward": 1.0, "rewards/length/mean": 1.0})
    life.close()
    text = run_page(read_run(runs / "wide"))
    drawn = re.findall(r'<svg role="img" aria-label="([^"]+)"', text)
    assert drawn[:3] == ["reward", "rewards/length/mean", "m00"]
    assert len(drawn) == 60
    assert "<summary>48 more metrics</summary>" in text
    assert f"Not drawn: {', '.join(f'm{number}' for number in range(58, 70))}." in text


def test_the_source_of_a_rule_can_be_followed(runs: Path) -> None:
    life = Life(pack_of(runs.parent), runs / "lost", output_dir="out")
    life.train(rows_of(9, {4: {"grad_norm": 0.0}})).close()
    page = Page(run_page(read_run(runs / "lost")))
    followed = [link for link in page.links if not link.startswith("#")]
    assert followed == ["https://arxiv.org/abs/2505.22617"]


def test_what_led_to_a_decision_is_what_its_detectors_said(runs: Path) -> None:
    test_show.SCENES["invalidated"](runs)
    words = Page(run_page(read_run(runs / "invalidated"))).words
    policy = words[words.rindex("What the policy did") : words.rindex("optimizer.pt")]
    assert policy.count("The gradient norm is 0.000, the loss 1.50.") == 3
    assert "gradient = " not in policy


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


def test_the_command_writes_a_page_and_a_drawing(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = full(runs)
    assert main(["report", str(folder), "--svg"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [str(folder / "report.html"), str(folder / "report.svg")]
    words = " ".join(ET.fromstring((folder / "report.svg").read_text()).itertext())
    for word in ("full: invalidated", "lab.entropy_low", "grad_norm", "a<b>&c"):
        assert word in words
    assert main(["report", str(folder), "-o", "no/such/folder.html"]) == 2
    assert "error[PTT308]" in capsys.readouterr().err


# ---- any log -------------------------------------------------------------------------------

NAN, INF = math.nan, math.inf
SERIES: dict[str, list[float | None]] = {
    "one row": [0.5],
    "one row of NaN": [NAN],
    "NaN to the end": [1.0, 0.5, NAN, NAN],
    "NaN and back": [1.0, NAN, 1.0, NAN, 1.0],
    "NaN from the start": [NAN, NAN, NAN],
    "infinities": [1.0, INF, -INF, 1.0],
    "sparse": [None, 1.0, None, 0.8, None],
    "constant": [1e-3, 1e-3, 1e-3],
    "huge numbers": [1.0, 1e300, -1.7e308, 1e-300],
    "large and alike": [-123456789.0, -123456788.0],
    "tiny": [-1.23456e-205, 1.23456e-207],
    "long": [1.0 / (1 + row % 97) for row in range(3000)],
}


@pytest.mark.parametrize("values", SERIES.values(), ids=SERIES)
@pytest.mark.parametrize("stretch", [1, 1_000_000])
def test_every_text_of_a_drawing_has_room(
    runs: Path, values: list[float | None], stretch: int
) -> None:
    name = "a/very/long/name/of/a/metric/that/has/no/room/beside/its/newest/value/of/all"
    life = Life(pack_of(runs.parent), runs / "any", max_steps=9000 * stretch, output_dir="out")
    for step, value in enumerate(values, start=1):
        given = {} if value is None else {name: value}
        life.log({"step": step * stretch, "time": step * 1.0, "loss": 1.0, **given})
    life.close()
    run = read_run(runs / "any")
    for drawing in [*curves(run), timeline(run), stacked(run)]:
        for text in ET.fromstring(drawing.file()).iter(f"{SVG}text"):
            left, right = ends_of(text)
            assert left >= 0, text.text
            assert right <= drawing.width, text.text
    assert ET.fromstring(run_drawing(run).file()) is not None


def ends_of(text: ET.Element) -> tuple[float, float]:
    """Where a text begins and ends, in a font as wide as the usual ones are."""
    width, x = 6.8 * len(text.text or ""), float(text.get("x", "0"))
    before = {"end": width, "middle": width / 2}.get(text.get("text-anchor", ""), 0.0)
    return x - before, x - before + width


def test_a_long_key_leaves_its_newest_value_readable(runs: Path) -> None:
    life = Life(pack_of(runs.parent), runs / "any", max_steps=9, output_dir="out")
    life.log({"step": 1, "time": 1.0, "k" * 200: -1.2345e-205})
    life.close()
    (drawing,) = curves(read_run(runs / "any"))
    key, newest = [*ET.fromstring(drawing.file()).iter(f"{SVG}text")][:2]
    assert ends_of(key)[1] < ends_of(newest)[0]
