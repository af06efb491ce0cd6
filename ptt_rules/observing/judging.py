"""The rows of a run, judged; and what is decided on them, carried out on all ranks alike."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from ptt_rules.evaluation import Action, Event, with_own_texts
from ptt_rules.language.stacks import Stack
from ptt_rules.logs import OwnFinding, Texts
from ptt_rules.observing.commands import Commands
from ptt_rules.observing.names import LiveNames
from ptt_rules.observing.part import Metrics
from ptt_rules.observing.ranks import RanksApart
from ptt_rules.observing.recorder import Recorder
from ptt_rules.observing.resuming import Past, engine_at
from ptt_rules.observing.view import RunView
from ptt_rules.packs import Pack
from ptt_rules.runs import ROW_MARK, with_text_keys

CarryOut = Callable[[Sequence[Event], Sequence[Action]], None]
"""Gets the events and the actions of the rows that were judged since it was last called."""


class Judging:
    """The engine of one run, which judges on the first rank, and what waits for the other ranks."""

    def __init__(self, run: RunView, recorder: Recorder, carry_out: CarryOut) -> None:
        self._run = run
        self._recorder = recorder
        self._carry_out = carry_out
        training = run.training
        self._known: dict[str, Any] = {
            "config": training.config,
            "facts": training.facts,
            "siblings": training.siblings,
        }
        self.engine = run.pack.engine(**self._known)
        self._names = LiveNames(run.pack.reads, training.stack, self._named)
        self.on_named: Callable[[Stack], None] = lambda stack: None
        """Gets the framework whose keys the rows have, once it is known."""
        self.commands = Commands(run.path)
        self.hold: Callable[[], AbstractContextManager[None]] = nullcontext
        """A block that signals do not break off."""
        self.findings: list[Event] = []
        self._events: list[Event] = []
        self._decided: list[Action] = []
        """What was found and decided since all ranks last agreed."""
        self._waiting: deque[Metrics] = deque()
        self._unreadable: set[str] = set()
        self._own_texts: Texts = {}
        """What the newest own finding says."""
        self._began = time.monotonic()
        self._is_resumed = False
        """Whether the next row is the first one after a resume."""

    # ---- rows ------------------------------------------------------------------------------

    def observe(self, logs: Mapping[str, Any]) -> None:
        """Judges one log event and records it, on the first rank, which judges for all.

        What the policy decides is carried out at once where there is one rank, and where there are
        more at the next place at which all of them `agree`.
        """
        if self._run.ranks.is_first:
            with self.hold():  # a row that is written is judged too, whatever signal comes
                self._judge(logs)

    def observe_later(self, metrics: Metrics | None) -> None:
        """Metrics that are judged as a row of their own, after the present one."""
        if metrics:
            self._waiting.append(metrics)

    def observe_own(self, finding: OwnFinding) -> None:
        """Judges what a check of people's own has found, on the first rank; it is on the record
        before it is judged.
        """
        if self._run.ranks.is_first:
            said = {**finding.to_json(), "step": self._run.step}
            self._run.note(said)
            self._own_texts = {(finding.word, self._run.step, finding.level): said["text"]}
            self.observe({finding.key: finding.level})

    def _judge(self, logs: Mapping[str, Any]) -> None:
        own = {"step": self._run.step, "time": round(time.monotonic() - self._began, 3)}
        # a trainer that logs a step of its own has another meaning
        marks = {ROW_MARK: True} if self._is_resumed else {}
        self._is_resumed = False
        row = {**own, **with_text_keys(self._names.row(logs)), **own, **marks}
        self._recorder.row(row)
        events = with_own_texts(self.engine.observe(row), self._own_texts)
        self._recorder.memory.judged(has_judged=self.engine.has_judged)
        self._events += events
        self._decided += self.engine.actions
        self._name_unreadable()
        with self._run.contain("PTT504", "a finding could not be reported"):
            self._run.hear()
            reporter = self._recorder.reporter
            self.findings += reporter.report(events, (), is_told=self._is_told)
            reporter.crowded(self.engine.crowded())
        if self._run.ranks.world_size == 1:
            self._act(self._decided)

    def _is_told(self, event: Event) -> bool:
        """Whether people hear of an event: it is not in shadow, suppressed or acknowledged."""
        return event.is_visible and not self.commands.quiets(event)

    def _name_unreadable(self) -> None:
        if len(self.engine.unreadable) > len(self._unreadable):
            new = self.engine.unreadable.keys() - self._unreadable
            self._unreadable |= new
            self._recorder.reporter.unreadable(sorted(new))

    def judge_by(self, pack: Pack) -> None:
        """Other rules judge from the next row on; they see the rows so far, in silence."""
        self.engine = pack.engine(**self._known)
        self._names.read(pack.reads)
        for row in self._recorder.memory.rows:
            self.engine.observe(self._names.row(row))

    def _named(self, text: str, names: Mapping[str, str]) -> None:
        """It is known who logs: it is said once, with the names that keys have from here on."""
        stack = self._names.stack
        assert stack is not None  # or there would be nothing to say
        self._recorder.console.say(text)
        step = self._run.step
        self._run.note({"event": "named", "stack": stack.name, "names": names, "step": step})
        self.on_named(stack)

    # ---- decisions -------------------------------------------------------------------------

    def agree(self) -> None:
        """Carries out on all ranks what the first decided; all of them pass here, whatever failed.

        Cost: one exchange of 8 bytes, where there is a policy; nothing with one rank
        """
        if self._run.ranks.world_size > 1:
            actions = self._agreed()
            with self._run.contain("PTT502", "a decision could not be carried out"):
                self._act(actions)

    def _agreed(self) -> list[Action]:
        """What the first rank decided, or nothing where one of the ranks might not hear of it."""
        if self._run.pack.policy is None:
            return []
        decided, self._decided = self._decided, []
        text = json.dumps([action.to_json() for action in decided]) if decided else ""
        try:
            answer = self._run.ranks.decision(text)
        except RanksApart as error:
            what = "decisions are reported and not carried out, so that no rank acts alone"
            self._run.report("PTT502", what, str(error))
            return []
        return decided or [Action.from_json(one) for one in json.loads(answer or "[]")]

    def _act(self, actions: Sequence[Action]) -> None:
        events, self._events, self._decided = self._events, [], []
        with self._run.contain("PTT504", "a decision could not be reported"):
            self._recorder.reporter.report((), actions, is_told=self._is_told)
        self._carry_out(events, actions)
        self.findings = []
        while self._waiting:
            self.observe(self._waiting.popleft())

    # ---- a resume --------------------------------------------------------------------------

    def resume(self, past: Past) -> None:
        """Goes on from the state beside the checkpoint, or from the journal, or from both.

        The journal has rows that the state has not seen: those logged at the step of the
        checkpoint after it was saved. They were reported then, and are judged in silence.
        """
        run, journal = self._run, self._recorder.journal
        rows = journal.rows_before(run.step, past.source, run.training.history)
        if not journal.rows_are_logged:
            self.engine = engine_at(
                past,
                run.step,
                run.pack,
                self._known,
                on_damage=lambda what, why: run.report("PTT503", what, why),
            )
        found: list[Event] = []
        with run.contain("PTT503", "a row before the resume cannot be judged"):
            for row in rows[self.engine.rows :]:
                found += self.engine.observe(row)
        self._is_resumed = True
        if rows:
            self._began -= rows[-1].get("time", 0.0)
        if journal.rows_are_logged:
            for event in found:  # elsewhere what was found is on the record already
                journal.note(event.to_json())
        self._recorder.resume(run.step, self.engine.rows)
        self.commands.restore(run)
