"""`ptt show`, `runs`, `checkpoints` and `postmortem` on runs of every kind."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ptt_rules import load
from ptt_rules.cli.main import main
from ptt_rules.report import postmortem_text
from ptt_rules.runs import Ending, Heartbeat, Pulse, Verdict, postmortem
from tests.golden.test_golden import check_golden
from tests.run_directories.made import Life, pack_of, rows_of

GOLDEN = Path(__file__).parent / "golden"
LOST = {"grad_norm": 0.0}
LOW = {"entropy": 0.05}


Scene = Callable[[Path], None]
SCENES: dict[str, Scene] = {}


def scene(make: Scene) -> Scene:
    SCENES[make.__name__] = make
    return make


@scene
def finished(runs: Path) -> None:
    """A run without a fault."""
    Life(pack_of(runs.parent), runs / "finished", max_steps=50).train(rows_of(50)).close()


@scene
def guarded(runs: Path) -> None:
    """A run whose guard of gradients dropped two steps."""
    life = Life(pack_of(runs.parent), runs / "guarded", max_steps=50)
    for step in (12, 13):
        life.skip(step, step - 11)
    life.train(rows_of(50)).close()


@scene
def noted(runs: Path) -> None:
    """A run in which only a note was told."""
    rows = rows_of(50, {20: {"kl": 0.9}, 30: {"kl": 0.1}})
    Life(pack_of(runs.parent), runs / "noted", max_steps=50).train(rows).close()


@scene
def invalidated(runs: Path) -> None:
    """A run that its policy ended, with checkpoints before and after the fault."""
    life = Life(pack_of(runs.parent), runs / "invalidated", output_dir="out-a")
    for row in rows_of(200, {55: {"entropy": 0.05}, 58: LOST}):
        stops = life.log(row)
        if row["step"] in (20, 40) or stops:
            saved = life.save()
        if row["step"] == 40:
            (saved / "optimizer.pt").write_bytes(b"PK\3\4 torn")
        if stops:
            break
    life.close()


@scene
def unsafe(runs: Path) -> None:
    """A run without a policy that went on for long after it broke, and ended."""
    rows = rows_of(100, {30: LOW})
    life = Life(pack_of(runs.parent, policy=None), runs / "unsafe", max_steps=100)
    life.train(rows).close()


@scene
def killed(runs: Path) -> None:
    """A run whose process is gone, in the middle of a line of the journal."""
    life = Life(pack_of(runs.parent), runs / "killed", output_dir="out-b")
    for row in rows_of(37):
        life.log(row)
        if row["step"] == 30:
            life.save()
    with (runs / "killed" / "metrics.jsonl").open("a") as journal:
        journal.write('{"step": 38, "los')
    _beat(runs / "killed", step=37, process=_gone())


@scene
def running(runs: Path) -> None:
    """A run of a process that lives: this one."""
    life = Life(pack_of(runs.parent, policy=None), runs / "running", output_dir="out-c")
    life.train(rows_of(60, {50: LOW}))
    _beat(runs / "running", step=61, process=os.getpid())


@scene
def failed(runs: Path) -> None:
    """A run that an exception ended, as the callback tells it."""
    life = Life(pack_of(runs.parent), runs / "failed", output_dir="out-d").train(rows_of(12))
    ending = Ending(
        Verdict.OUT_OF_MEMORY,
        step=12,
        reason="CUDA out of memory. Tried to allocate 2.00 GiB.",
        stack=('  File "train.py", line 12, in <module>', "    trainer.train()"),
    )
    document = postmortem(ending, life.recorder.postmortems.record(Path("out-d"), 12))
    life.recorder.journal.postmortem(document)
    life.close()


@scene
def resumed(runs: Path) -> None:
    """A run that was invalidated, and went on from before the fault without it."""
    folder = runs / "resumed"
    life = Life(pack_of(runs.parent), folder, max_steps=60, output_dir="out-e")
    state = None
    for row in rows_of(60, {30: LOST}):
        stops = life.log(row)
        if row["step"] == 20:
            life.save()
            state = life.engine.state()
        if stops:
            break
    life.close()
    assert state is not None
    again = Life(life.pack, folder, max_steps=60, output_dir="out-e")
    again.resume(20, state)
    again.train(row for row in rows_of(60) if row["step"] > 20).close()


@scene
def unborn(runs: Path) -> None:
    """A run that was killed while it wrote its first file."""
    (runs / "unborn").mkdir(parents=True)
    (runs / "unborn" / ".life-1.json").write_text('{"run_id": "3f')
    old = 1_000_000_000
    os.utime(runs / "unborn" / ".life-1.json", (old, old))


def _gone() -> int:
    """The number of a process that lives no more."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return child


def _beat(folder: Path, *, step: int, process: int) -> None:
    beat = Heartbeat.now(Pulse.RUNNING, step).to_json()
    (folder / "heartbeat.json").write_text(json.dumps({**beat, "process": process, "began": None}))


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("runs")


def shown(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """What a command prints, without what differs from day to day."""
    code = main([*command, "--debug"])
    printed = capsys.readouterr()
    text = re.sub(r"process \d+", "process 4711", printed.out + printed.err)
    text = re.sub(r"heartbeat [\d.]+ s ago", "heartbeat 1 s ago", text)
    text = re.sub(r"for \d+ d( \d+ h)?", "for 3 d 2 h", text)
    text = re.sub(r"(process 4711 on) [^\s;]+", r"\1 node-7", text)
    return f"$ ptt {' '.join(command)}\n{text.rstrip()}\n[exit {code}]\n"


@pytest.mark.parametrize("name", SCENES)
def test_a_run_is_told_like_this(name: str, runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SCENES[name](runs)
    path = f"runs/{name}"
    capsys.readouterr()
    _check_json(path, capsys)
    commands = [("show", path), ("checkpoints", path), ("postmortem", path)]
    texts = [shown(capsys, *command) for command in commands]
    assert len(texts[0].splitlines()) <= 40  # one screen
    assert max(map(len, texts[0].splitlines())) <= 100
    check_golden("\n".join(texts), GOLDEN / f"{name}.txt")


def _check_json(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Machines are told the same, in strict JSON."""
    assert main(["show", path, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert told["story"]["wrong"]
    assert told["story"]["todo"]
    main(["checkpoints", path, "--json"])
    verdicts = [json.loads(one)["verdict"] for one in capsys.readouterr().out.splitlines()]
    assert len(verdicts) == len(told["checkpoints"])


def test_all_runs_are_in_one_table(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for make in SCENES.values():
        make(runs)
    (runs / "broken").mkdir()
    (runs / "broken" / "run.json").write_text("[]")
    capsys.readouterr()
    check_golden(shown(capsys, "runs", "runs"), GOLDEN / "runs.txt")
    assert main(["runs", "runs", "--json"]) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    states = {one["run"]: one["state"] for one in listed}
    expected = {f"runs/{name}": name for name in SCENES}
    finished = dict.fromkeys(("guarded", "noted", "unsafe", "resumed"), "finished")
    others = {**finished, "killed": "dead", "unborn": "dead"}
    expected |= {f"runs/{name}": state for name, state in others.items()}
    assert states == {**expected, "runs/broken": "unreadable"}


def test_steps_that_an_abandoned_branch_dropped_are_not_told(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    life = Life(pack_of(runs.parent), runs / "back", max_steps=5)
    life.train(rows_of(3))
    state = life.engine.state()
    life.skip(1, 1)
    life.skip(4, 2)
    life.resume(3, state)
    life.train(row for row in rows_of(5) if row["step"] > 3).close()
    capsys.readouterr()
    assert main(["show", "runs/back"]) == 0
    assert "1 step was dropped, at step 1" in capsys.readouterr().out


def test_a_dead_run_gets_its_postmortem_once(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    killed(runs)
    assert main(["postmortem", "runs/killed", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["verdict"], first["step"], first["rows"]) == ("dead", 37, 37)
    assert first["last_good_checkpoint"] == "out-b/checkpoint-30"
    assert [row["step"] for row in first["last_rows"]] == [*range(18, 38)]
    assert first["environment"]["libraries"]["trl"] == "1.16.0"
    assert "training_arguments" not in first["environment"]
    written = json.loads((runs / "killed" / "postmortem.json").read_text())
    assert written == first
    assert main(["postmortem", "runs/killed", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == first


def test_the_postmortem_of_a_dead_run_explains_its_findings(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    life = Life(pack_of(runs.parent, policy=None), runs / "a", output_dir="out")
    life.train(rows_of(40, {30: LOW}))
    _beat(runs / "a", step=40, process=_gone())
    assert main(["postmortem", "runs/a", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (why,) = document["why"]
    assert (why["detector"], why["step"]) == ("lab.entropy_low", 32)
    (level,) = why["levels"]
    assert level["condition"]["value"] is True
    assert document["incidents"][0]["first_cause"]["detector"] == "lab.entropy_low"
    assert document["last_good_step"] == 29
    (runs.parent / "lab.ptt").write_text('pack lab 2.0.0 { title "Others" }\n')
    (runs / "a" / "postmortem.json").unlink()
    assert main(["postmortem", "runs/a", "--json"]) == 0
    changed = json.loads(capsys.readouterr().out)
    assert changed["why"] == []
    assert "lab" in changed["why_missing"]


def test_a_run_is_told_without_its_packs_and_elsewhere(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    invalidated(runs)
    moved = tmp_path / "elsewhere" / "run"
    shutil.copytree(runs / "invalidated", moved)
    shutil.copytree("out-a", tmp_path / "elsewhere" / "saved")
    shutil.rmtree("out-a")
    (tmp_path / "lab.ptt").unlink()
    capsys.readouterr()
    assert main(["show", str(moved)]) == 0
    assert "Nothing is learned where the gradient is zero." in capsys.readouterr().out
    assert main(["checkpoints", str(moved), "--in", str(moved.parent / "saved")]) == 0
    assert "go on from checkpoint-20" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("nothing", "PTT402", "no such run"),
        ("lab.ptt", "PTT408", "a file, no run directory"),
        ("runs", "PTT408", "holds 1 of them"),
        ("empty", "PTT408", "no run.json and no metrics.jsonl"),
    ],
)
def test_what_is_no_run_is_told_so_once(
    path: str, code: str, words: str, runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finished(runs)
    Path("empty").mkdir()
    capsys.readouterr()
    for command in ("show", "checkpoints", "postmortem", "report"):
        assert main([command, path]) == 2
        printed = capsys.readouterr().err
        assert f"error[{code}]" in printed
        assert words in printed
        assert printed.count("error[") == 1


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("run.json", "[1]"),
        ("run.json", "{"),
        ("events.jsonl", '{"event": "fired"}\n'),
        ("events.jsonl", "no json\n"),
        ("postmortem.json", "null"),
        ("metrics.jsonl", "no json\n"),
    ],
)
def test_a_file_that_is_not_as_it_was_written_is_named(
    file: str, text: str, runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finished(runs)
    (runs / "finished" / file).write_text(text)
    capsys.readouterr()
    assert main(["show", "runs/finished"]) == 2
    printed = capsys.readouterr().err
    assert file in printed
    assert printed.count("error[PTT4") == 1


TWO_LEVELS = """
pack lab 1.0.0 { title "Two levels" }
metric kl: nats = "kl"
detector kl_high {
  critical when kl > 2 {
    message "KL is {kl:.1f}."
    why     "Nothing of the reference is left."
    remedy  "Begin anew."
  }
  low when kl > 1
  message "KL is {kl:.1f}."
  why     "Some distance is usual."
  remedy  "Watch it."
}
"""


@pytest.mark.parametrize("end", ["", "\n"], ids=["as it is written", "as signals wrote it once"])
def test_a_stack_is_its_newest_lines_each_on_its_own(end: str) -> None:
    stack = [f"{line}{end}" for line in ("Traceback:", *(f"  call {n}" for n in range(9)), "Boom")]
    document = {"verdict": "exception", "step": 5, "stack": stack}
    shown = [line.strip() for line in postmortem_text(document).splitlines()]
    assert shown[3:9] == ["call 4", "call 5", "call 6", "call 7", "call 8", "Boom"]
    assert "call 3" not in shown


def test_a_finding_is_explained_by_the_texts_of_its_level(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lab.ptt").write_text(TWO_LEVELS)
    pack = load(str(tmp_path / "lab.ptt"))
    rows = rows_of(30, {20: {"kl": 3.0}})
    Life(pack, tmp_path / "far", max_steps=30).train(rows).close()
    main(["show", str(tmp_path / "far")])
    shown = capsys.readouterr().out
    assert "Nothing of the reference is left." in shown
    assert "Begin anew." in shown
    assert "Some distance is usual." not in shown
