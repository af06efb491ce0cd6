"""The examples of docs do what their page promises, each as it stands, in an empty folder."""

from __future__ import annotations

import ast
import io
import json
import re
import runpy
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from ptt_rules.cli.main import main
from ptt_runtime.demo.cases import OF_THE_MACHINE
from tests.runtime.conftest import json_lines
from tests.spec.pages import DOCS, blocks_of

pytestmark = pytest.mark.runtime
EXAMPLES = DOCS / "examples"
PAGE = (EXAMPLES / "README.md").read_text(encoding="utf-8")
LAB = EXAMPLES / "our_lab"

Run = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a copy of a script that the page names; returns what it printed."""

    def of(name: str, *arguments: str) -> str:
        command = " ".join(["python", name, *arguments])
        assert f"\n    {command}\n" in PAGE
        shutil.copy(EXAMPLES / name, folder)
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        printed = io.StringIO()
        with redirect_stdout(printed), redirect_stderr(printed):
            runpy.run_path(name, run_name="__main__")
        return printed.getvalue()

    return of


def promised(printed: str) -> list[str]:
    """The blocks of the page whose every line was printed, `...` being anything."""
    texts = [block.text for _, block in blocks_of(PAGE) if not block.kind]
    return [text for text in texts if all(_was(line, printed) for line in text.splitlines())]


def _was(line: str, printed: str) -> bool:
    pattern = re.escape(line.strip()).replace(r"\.\.\.", ".*").replace(r"\ ", r"\s+")
    return re.search(rf"^\s*{pattern}\s*$", printed, re.MULTILINE) is not None


def fired(run_dir: str) -> set[str]:
    """The findings of a run with their levels, but for those of a busy machine."""
    assert Path(run_dir, "run.json").is_file()
    events = Path(run_dir, "events.jsonl")  # which is not there if nothing was found
    return {
        f"{one['detector']}.{one['level']}"
        for one in (json_lines(events) if events.exists() else [])
        if one["event"] in ("fired", "escalated") and one["detector"] not in OF_THE_MACHINE
    }


def test_sft_with_lora_is_healthy_and_saves_an_adapter(run: Run) -> None:
    pytest.importorskip("peft")
    trained = "trained 8704 of 34336 parameters"
    assert trained in run("sft_lora.py")
    assert trained in PAGE
    assert fired("runs/sft-lora") == set()
    assert json.loads(Path("runs/sft-lora/run.json").read_text())["libraries"]["peft"]
    assert Path("adapter/adapter_model.safetensors").is_file()


def test_dpo_is_healthy(run: Run) -> None:
    assert "trained 40 of 40 steps" in run("dpo.py")
    assert fired("runs/dpo") == set()


def test_dpo_with_equal_answers_is_stopped(run: Run) -> None:
    printed = run("dpo.py", "broken")
    assert "trained 30 of 40 steps" in printed
    assert len(promised(printed)) == 1
    assert "preference.margin_exactly_zero.critical" in fired("runs/dpo")


def test_grpo_names_the_flat_reward_and_the_rule_of_the_lab_ends_it(run: Run) -> None:
    flat = "grpo.reward_function_flat[tagged]"
    assert flat in run("grpo_two_rewards.py")
    assert flat in PAGE
    assert fired("runs/grpo") == {"grpo.reward_function_flat.low"}
    shutil.copytree(LAB, "our_lab")
    printed = ptt("replay runs/grpo --pack ./our_lab --policy our_guard")
    assert "our_lab.tags_never_found  step 30" in printed
    assert "policy our_guard at step 30: checkpoint, stop" in printed


def test_a_plain_trainer_is_healthy(run: Run) -> None:
    assert "trained 40 of 40 steps" in run("plain_trainer.py")
    assert fired("runs/plain") == set()
    made = json.loads(Path("runs/plain/run.json").read_text())
    assert [pack["name"] for pack in made["packs"]] == ["common"]


def test_a_check_of_ones_own_stops_a_plain_trainer(run: Run) -> None:
    printed = run("plain_trainer.py", "broken")
    assert "trained 1 of 40 steps" in printed
    assert len(promised(printed)) == 1
    assert "user.finding.critical" in fired("runs/plain")


def test_early_stopping_stops_with_the_best_checkpoint(run: Run) -> None:
    (rule,) = [
        block.text
        for _, block in blocks_of((DOCS / "early-stopping.md").read_text(encoding="utf-8"))
        if block.name(".ptt") == "stop.ptt"
    ]
    Path("stop.ptt").write_text(rule)
    printed = run("early_stopping.py")
    (stopped_at,) = re.findall(r"^trained (\d+) of 400 steps$", printed, re.MULTILINE)
    assert 40 <= int(stopped_at) < 400
    assert "stop.no_longer_better.low" in fired("runs/early-stopping")
    (best,) = re.findall(r"^the best checkpoint: (.+)$", printed, re.MULTILINE)
    assert Path(best).is_dir()
    assert int(best.rpartition("-")[2]) < int(stopped_at)


def ptt(line: str) -> str:
    """What a command prints that ends well."""
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        code = main(line.split())
    assert code == 0, printed.getvalue()
    return printed.getvalue()


class _Html(str):
    """What IPython makes of a file, in a place where there is none."""

    def __new__(cls, filename: str) -> _Html:
        return super().__new__(cls, Path(filename).read_text(encoding="utf-8"))


def cell(source: str, names: dict[str, Any]) -> Any:
    """Runs a cell; returns the value of its last expression, or what its command printed."""
    if source.startswith("!ptt "):
        words = source.removeprefix("!ptt ")
        return ptt(re.sub(r"\{(.+?)\}", lambda found: str(eval(found[1], names)), words))
    *before, last = ast.parse(source).body
    if not isinstance(last, ast.Expr):
        return exec(compile(source, "cell", "exec"), names)
    exec(compile(ast.Module(before, []), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


def test_the_notebook_runs_cell_by_cell(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    display: Any = ModuleType("IPython.display")
    display.HTML = _Html
    shell: Any = ModuleType("IPython")
    shell.get_ipython = lambda: None  # as it is outside of a notebook
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    cells = json.loads((EXAMPLES / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    codes = [one for one in cells if one["cell_type"] == "code"]
    assert all(one["outputs"] == [] and one["execution_count"] is None for one in codes)
    names: dict[str, Any] = {"__name__": "__main__"}
    values = [cell("".join(one["source"]), names) for one in codes]
    _, _, rows, story, page, judged = values
    assert rows["step"].to_list()[-1] == 30
    assert "runs/notebook  finished: it ended at step 30 of 30" in story
    assert page.startswith("<!doctype html>")
    assert {who for _, who, _ in judged} == {"inline.far_from_done"}


def test_the_repository_of_the_lab_is_what_ptt_makes(folder: Path) -> None:
    ptt("pack new our_lab --extends grpo")
    of_rules = {"gradient_multiplied.ptt", "gradient_multiplied_test.ptt"}
    made = {one.relative_to("our_lab") for one in Path("our_lab").rglob("*") if one.is_file()}
    made = {one for one in made if one.name not in of_rules and one.parts[0] != "wheels"}
    assert made == {
        one.relative_to(LAB)
        for one in LAB.rglob("*")
        if one.is_file() and not one.name.startswith("tags")
    }
    assert {str(one): Path("our_lab", one).read_text() for one in made} == {
        str(one): (LAB / one).read_text() for one in made
    }


def test_the_workflow_of_the_lab_is_green(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(LAB, "our_lab")
    monkeypatch.chdir("our_lab")
    steps = yaml.safe_load(Path(".github/workflows/pack.yml").read_text())["jobs"]["pack"]["steps"]
    commands = [step["run"] for step in steps if step.get("run", "").startswith("ptt ")]
    assert all(f"\n    {command}\n" in PAGE for command in commands)
    lint, test, _ = [ptt(command.removeprefix("ptt ")) for command in commands]
    assert lint == ""
    assert "our_lab: 4 passed" in test
    assert "100% of rules covered" in test
    assert [wheel.name for wheel in Path("dist").iterdir()] == ["our_lab-0.1.0-py3-none-any.whl"]
