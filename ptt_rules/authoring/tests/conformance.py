"""Conformance cases: a pack and rows in, events and actions out, one JSON object a line.

Each case is judged three ways, which have to say the same: all rows at once, row by row, and row
by row with the state saved and restored after each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from ptt_rules.authoring.tests.outcome import Outcome
from ptt_rules.border import regular_text
from ptt_rules.evaluation import Action, Engine, Event, judged_in_columns
from ptt_rules.language import Diagnostic, PttError, Source, Span
from ptt_rules.language.ir import Test
from ptt_rules.logs import RunContext, frame_of, rows_of
from ptt_rules.packs import Pack, loads

SUFFIX = ".jsonl"
PACK = "t"
"""The name of each case's pack."""

_NEEDED = ("name", "pack", "rows", "events")
_ARGUMENTS = {
    "hyperparameter": "name", "value": "value", "channel": "channel", "seconds": "seconds",
    "to": "to", "metric": "metric",
}  # fmt: skip
"""The arguments of actions, and what cases call them."""

Said = list[dict[str, Any]]
Judged = Iterator[Event | Action]


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a conformance file."""

    file: str
    line: int
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.data["name"])

    @property
    def context(self) -> RunContext:
        """What is known of the run beside its rows."""
        data = self.data
        return RunContext.of(data.get("config"), data.get("facts"), data.get("siblings"))

    def load(self) -> Pack:
        """Errors: those of its pack, its parameters and its policy"""
        data = self.data
        return loads(data["pack"], name=PACK, params=data.get("params"), policy=data.get("policy"))


def read_cases(path: str) -> list[Case]:
    """The cases of a file.

    Errors: PTT402 if there is no such file, PTT411 if it is something else
    """
    try:
        text = regular_text(Path(path))
    except FileNotFoundError as error:
        raise PttError.of("PTT402", "there is no such file", file=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PttError.of("PTT411", f"this cannot be read: {error}", file=path) from error
    lines = enumerate(text.splitlines(), start=1)
    return [_case(path, number, line) for number, line in lines if line.strip()]


def _case(file: str, number: int, line: str) -> Case:
    place = f"{file}:{number}"
    try:
        data = json.loads(line)
    except ValueError as error:
        raise PttError.of("PTT411", f"this line is not JSON: {error}", file=place) from error
    missing = [key for key in _NEEDED if not isinstance(data, dict) or key not in data]
    if missing:
        hint = "a case has a `name`, a `pack`, its `rows`, and the `events` that they give"
        message = f"this is not a conformance case: it has no `{missing[0]}`"
        raise PttError.of("PTT411", message, file=place, hint=hint)
    return Case(file, number, data)


# ---- the three ways ------------------------------------------------------------------------


def at_once(pack: Pack, case: Case) -> Judged:
    frame = frame_of(case.data["rows"]).frame
    judged = judged_in_columns(pack.compiled, case.context, lambda _: [frame])
    if judged is None:
        yield from by_row(pack, case)
    else:
        yield from judged.events
        yield from judged.actions


def by_row(pack: Pack, case: Case) -> Judged:
    engine = Engine(pack.compiled, case.context)
    for row in rows_of(frame_of(case.data["rows"]).frame):
        yield from engine.judge(row)
        yield from engine.actions


def restored(pack: Pack, case: Case) -> Judged:
    state = None
    for row in rows_of(frame_of(case.data["rows"]).frame):
        engine = Engine(pack.compiled, case.context, state)
        yield from engine.judge(row)
        yield from engine.actions
        state = json.loads(json.dumps(engine.state(), allow_nan=False))


WAYS: Mapping[str, Callable[[Pack, Case], Judged]] = {
    "all rows at once": at_once,
    "row by row": by_row,
    "saved and restored after each row": restored,
}


# ---- what comes of it ----------------------------------------------------------------------


def run_case(case: Case) -> Outcome:
    """The outcome of a case; what is wrong in its pack or its rows is an error of it."""
    began = perf_counter()
    try:
        found = tuple(differences(case))
        errors: tuple[Diagnostic, ...] = ()
    except PttError as error:
        found, errors = (), error.diagnostics
    return Outcome(
        pack=Path(case.file).stem,
        test=_as_test(case),
        errors=errors,
        differences=found,
        rows=len(case.data["rows"]),
        seconds=perf_counter() - began,
    )


def _as_test(case: Case) -> Test:
    """A test by its name and place alone."""
    start = case.line - 1
    return Test(case.name, Source(case.file, "\n" * case.line), Span(start, start), ())


def differences(case: Case) -> Iterator[Diagnostic]:
    """For each way, the first event and the first action that are not as the case says."""
    for way, judge in WAYS.items():
        judged = list(judge(case.load(), case))
        pairs = (
            (events_of(judged), case.data["events"]),
            (actions_of(judged), _in_order(case.data.get("actions", ()))),
        )
        for found, expected in pairs:
            wrong = _first_difference(found, expected)
            if wrong:
                place = f"{case.file}:{case.line}"
                message = f"{way}, {wrong}"
                yield Diagnostic("PTT410", message, file=place, hint=f'in "{case.name}"')


def events_of(judged: Sequence[Event | Action]) -> Said:
    """Events as cases have them."""
    return [
        {
            "event": one.event.value,
            "detector": one.detector.partition(".")[2],
            "instance": dict(one.instance),
            "level": one.level.word,
            "step": one.step,
            "row": one.row,
            "reported": one.is_visible,
        }
        for one in judged
        if isinstance(one, Event)
    ]


def actions_of(judged: Sequence[Event | Action]) -> Said:
    """Actions as cases have them, those of one row in an order of their own."""
    found = []
    for one in judged:
        if isinstance(one, Action):
            said = one.to_json()
            arguments = {name: said[key] for key, name in _ARGUMENTS.items() if key in said}
            found.append({"action": said["action"], "step": one.step, "row": one.row, **arguments})
    return _in_order(found)


def _in_order(actions: Sequence[dict[str, Any]]) -> Said:
    return sorted(actions, key=lambda one: (one["row"], json.dumps(one, sort_keys=True)))


def _first_difference(found: Said, expected: Said) -> str:
    """What is there in the place of what is expected; nothing where they are equal."""
    for number in range(max(len(found), len(expected))):
        got, wanted = (one[number] if number < len(one) else None for one in (found, expected))
        if got != wanted:
            return f"it should be {_text(wanted)}, and is {_text(got)}"
    return ""


def _text(said: Mapping[str, Any] | None) -> str:
    if said is None:
        return "nothing more"
    words = " ".join(f"{key}={json.dumps(value)}" for key, value in said.items())
    return f"`{words}`"
