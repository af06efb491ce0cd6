"""Findings of people's own checks: as a detector's are, live, in a replay, after a resume."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import Event, replay
from ptt_rules.runs import read_run
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.channels import Channel, Notice
from tests.runtime.driver import RULES, Driver, die

Calls = Mapping[int, list[dict[str, Any]]]


class Reporting(Driver):
    """A trainer in whose steps checks report what they find."""

    def __init__(self, callback: DiagnosticsCallback, folder: Path, calls: Calls) -> None:
        super().__init__(callback, folder)
        self.calls = calls

    def step(self, step: int, row: Mapping[Any, Any]) -> None:
        self.call("step_begin")
        for one in self.calls.get(step, ()):
            self.callback.finding(**one)
        super().step(step, row)


def trained(
    folder: Path, calls: Calls, *, until: int | None = None, **options: Any
) -> tuple[Driver, Path]:
    pack = folder / "thirds.ptt"
    pack.parent.mkdir(parents=True, exist_ok=True)
    pack.write_text(RULES)
    given = {"packs": [pack], "only": True, "run_dir": folder / "run", **options}
    driver = Reporting(DiagnosticsCallback(**given), folder / "out", calls)
    return driver.train(until=until), folder / "run"


def own(events: Any) -> list[tuple[str, str, str, int, str]]:
    return [
        (one.event.value, one.who, one.level.word, one.step, one.message)
        for one in events
        if one.detector == "user.finding"
    ]


LEAK = "user.finding[canary_leaked]"
LIFE: Calls = {
    2: [{"title": "Canary leaked", "level": "medium", "text": "in 1 answer"}],
    3: [{"title": "Canary leaked", "level": "medium", "text": "in 2 answers"}],
    5: [{"title": "Canary leaked", "level": "critical", "text": "in all answers"}],
    8: [{"title": "canary leaked", "level": None}],
    9: [{"title": "Canary leaked"}],
}


def test_a_finding_lives_as_one_of_a_detector(tmp_path: Path) -> None:
    _, run = trained(tmp_path, LIFE)
    assert own(read_run(run).records.events) == [
        ("fired", LEAK, "medium", 2, "in 1 answer"),
        ("escalated", LEAK, "critical", 5, "in all answers"),
        ("resolved", LEAK, "critical", 8, "canary leaked"),
        ("fired", LEAK, "high", 9, "Canary leaked"),
    ]


def test_a_replay_of_the_run_gives_the_same_events(tmp_path: Path) -> None:
    driver, run = trained(tmp_path, LIFE)
    recorded = read_run(run).records.events
    again = replay(driver.callback._trainings._chosen.foreseen, run)
    assert [one.to_json() for one in recorded] == [one.to_json() for one in again.events]
    assert read_run(run).incidents == again.incidents


def test_a_policy_acts_on_it(tmp_path: Path) -> None:
    calls = {4: [{"title": "canary", "level": "critical", "text": "the canary is out"}]}
    driver, run = trained(tmp_path, calls, policy="guard", until=4)
    driver.call("train_end")
    assert driver.control.should_training_stop
    found = read_run(run)
    assert found.invalidated_by == ("user.finding[canary]",)
    assert found.postmortem is not None
    assert "the canary is out" in json.dumps(found.postmortem)


class Kept(Channel):
    def __init__(self) -> None:
        self.sent: list[Notice] = []

    def send(self, notice: Notice) -> None:
        self.sent.append(notice)


NOTIFYING = RULES + 'policy page { on high { notify "me" } }\n'


def test_a_channel_gets_it(tmp_path: Path) -> None:
    pack, channel = tmp_path / "page.ptt", Kept()
    pack.write_text(NOTIFYING)
    calls = {2: [{"title": "canary", "text": "the canary is out"}]}
    trained(tmp_path / "a", calls, packs=[pack], policy="page", channels={"me": channel})
    (notice, *_) = channel.sent
    assert "the canary is out" in notice.text


def test_what_stands_goes_on_after_a_resume(tmp_path: Path) -> None:
    pack = tmp_path / "thirds.ptt"
    pack.write_text(RULES)
    given = {"packs": [pack], "only": True, "run_dir": tmp_path / "run"}
    calls: Calls = {2: [{"title": "a", "text": "since 2"}], 6: [{"title": "b", "text": "lost"}]}
    first = Reporting(DiagnosticsCallback(**given), tmp_path / "out", calls)
    first.train(until=7)
    die([first.callback])
    calls = {
        6: [{"title": "b", "text": "anew"}],
        7: [{"title": "a", "text": "still"}],
        8: [{"title": "a", "level": None, "text": "gone"}],
    }
    second = Reporting(DiagnosticsCallback(**given), tmp_path / "out", calls)
    second.train(resume_from_checkpoint=str(tmp_path / "out" / "checkpoint-4"))
    expected = [
        ("fired", "user.finding[a]", "high", 2, "since 2"),
        ("fired", "user.finding[b]", "high", 6, "anew"),
        ("resolved", "user.finding[a]", "high", 8, "gone"),
    ]
    assert own(read_run(tmp_path / "run").records.events) == expected
    again = replay(second.callback._trainings._chosen.foreseen, tmp_path / "run")
    assert own(again.events) == expected


def test_what_is_wrong_with_a_call_is_said_once_and_loses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: Calls = {
        step: [{"title": "a/b", "level": "fatal"}, {"title": "?"}, {"title": 7, "text": 8}]
        for step in (2, 3)
    }
    driver, run = trained(tmp_path, calls)
    driver.callback.finding("late")
    assert own(read_run(run).records.events) == [
        ("fired", "user.finding[a_b]", "high", 2, "a/b"),
        ("fired", "user.finding[7]", "high", 2, "8"),
    ]
    said = " ".join(capsys.readouterr().err.split())
    for part in (
        "the level of finding 'a/b' is 'fatal', taken as \"high\": write \"low\"",
        "finding '?' is left out: its title needs a letter or a digit",
        "finding 'late' is not recorded: its training is over",
    ):
        assert said.count(part) == 1


def test_one_from_before_the_training_and_one_from_a_thread_are_judged_in_it(
    tmp_path: Path,
) -> None:
    pack = tmp_path / "thirds.ptt"
    pack.write_text(RULES)
    callback = DiagnosticsCallback(packs=[pack], only=True, run_dir=tmp_path / "run")
    thread = threading.Thread(target=callback.finding, args=("early",))
    thread.start()
    thread.join()
    Driver(callback, tmp_path / "out").train()
    events = read_run(tmp_path / "run").records.events
    assert [(one.who, one.step) for one in events if is_own(one)] == [("user.finding[early]", 1)]


def is_own(event: Event) -> bool:
    return event.detector == "user.finding"


def test_one_since_the_last_event_is_judged_when_the_training_fails(tmp_path: Path) -> None:
    pack = tmp_path / "thirds.ptt"
    pack.write_text(RULES)
    callback = DiagnosticsCallback(packs=[pack], only=True, run_dir=tmp_path / "run")
    Driver(callback, tmp_path / "out").train(until=3)
    callback.finding("last words", level="critical")
    callback.train_raised(RuntimeError("out of disk"))
    events = read_run(tmp_path / "run").records.events
    assert own(events)[0][1:4] == ("user.finding[last_words]", "critical", 3)
