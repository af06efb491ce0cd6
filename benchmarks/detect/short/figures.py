"""What is counted of short logs, and the tables of it.

Intervals are exact ones of the binomial distribution, at 95%. They speak of runs that are drawn as
these were, of these faults: not of the runs of the world.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.detect.scoring import Tally, Verdict, exact
from benchmarks.detect.short.draws import Draw
from benchmarks.tables import Table

AIMS = {20: 0.75, 50: 0.92, 100: 0.96, 300: 0.96}
"""The share of faults that should be found, by rows."""
LOUD = ("critical", "high", "medium")


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with the draw that it is on."""

    draw: Draw
    verdict: Verdict


def with_draws(verdicts: Iterable[Verdict]) -> list[Judged]:
    return [Judged(Draw.named(one.name), one) for one in verdicts]


def tables(judged: Sequence[Judged]) -> list[Table]:
    """All tables, those of trainers first."""
    return [
        _by(judged, "trainer", _recall, "Faults found, with exact intervals of 95%."),
        _by(judged, "trainer", _false, "Healthy runs with a finding of critical, high and medium."),
        _by(judged, "trainer", _delay, "Median delay of what is found, in rows."),
        _by(judged, "onset", _recall, "Faults found, by the part of the run at which they begin."),
        _by(judged, "size", _recall, "Faults found, by size."),
        _by(judged, "logged every", _recall, "Faults found, by steps from one log to the next."),
        _of_faults(judged),
    ]


_KEYS: Mapping[str, Callable[[Judged], str]] = {
    "trainer": lambda one: one.draw.algorithm,
    "onset": lambda one: one.draw.onset,
    "size": lambda one: one.draw.size if one.verdict.fault else "",
    "logged every": lambda one: str(one.draw.interval),
}


# ---- cells ---------------------------------------------------------------------------------


def _recall(tally: Tally) -> str:
    faults = len(tally.faulty)
    if not faults:
        return ""
    low, high = exact(tally.found, faults)
    return f"{tally.found} of {faults}: {tally.recall:.0%} ({low:.0%} to {high:.0%})"


def _false(tally: Tally) -> str:
    """Critical, high and medium, and what they are at most."""
    healthy = len(tally.healthy)
    if not healthy:
        return ""
    counts = [tally.false_runs(level) for level in LOUD]
    most = ", ".join(f"{exact(count, healthy)[1]:.1%}" for count in counts)
    return f"{', '.join(map(str, counts))} of {healthy} (at most {most})"


def _delay(tally: Tally) -> str:
    return "" if math.isnan(tally.median_delay) else f"{tally.median_delay:g}"


# ---- tables --------------------------------------------------------------------------------


def _by(judged: Sequence[Judged], head: str, cell: Callable[[Tally], str], title: str) -> Table:
    """A row for each key, a column for each length."""
    lengths = _lengths(judged)
    table = Table(head, title, (head, *_heads(lengths)))
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(_KEYS[head](one), []).append(one)
    groups.pop("", None)
    for name, ours in [*groups.items(), ("all", judged)]:
        table.rows.append((name, *(cell(_of_length(ours, rows)) for rows in lengths)))
    return table


def _of_faults(judged: Sequence[Judged]) -> Table:
    """Each fault: how often it is found, and by which detectors first."""
    lengths = _lengths(judged)
    title = "Each fault: how often it is found, and the detectors that find it first."
    table = Table("faults", title, ("fault", *_heads(lengths), "found first by"))
    faulty = [one for one in judged if one.verdict.fault]
    for name in sorted({one.draw.fault for one in faulty}):
        ours = [one for one in faulty if one.draw.fault == name]
        tallies = (_of_length(ours, rows) for rows in lengths)
        found = [f"{one.found} of {len(one.faulty)}" for one in tallies]
        table.rows.append((name, *found, _finders(ours)))
    return table


def _lengths(judged: Iterable[Judged]) -> list[int]:
    return sorted({one.draw.rows for one in judged})


def _heads(lengths: Iterable[int]) -> Iterator[str]:
    return (f"{rows} rows" for rows in lengths)


def _of_length(judged: Iterable[Judged], rows: int) -> Tally:
    return Tally([one.verdict for one in judged if one.draw.rows == rows])


def _finders(judged: Iterable[Judged], most: int = 4) -> str:
    counts = Counter(rule for one in judged for rule in one.verdict.found_by)
    return ", ".join(f"{rule} {count}" for rule, count in counts.most_common(most))


# ---- misses --------------------------------------------------------------------------------


def misses(judged: Sequence[Judged]) -> str:
    """What a rule should be corrected by: what is false, then what is missed, the most first."""
    parts = []
    for rows in _lengths(judged):
        ours = [one for one in judged if one.draw.rows == rows]
        tally = Tally([one.verdict for one in ours])
        parts.append(
            f"## {rows} rows: {_recall(tally)}, aim {AIMS.get(rows, 0):.0%}\n\n"
            f"False on healthy runs (critical, high, medium): {_false(tally)}\n\n"
            f"{_false_ones(ours)}\n{_missed_ones(ours)}"
        )
    return "\n".join(parts)


def _false_ones(judged: Iterable[Judged]) -> str:
    """Findings of medium or worse on healthy runs, and before the fault of faulty ones."""
    lines = []
    for one in judged:
        what = "early" if one.verdict.fault else "FALSE"
        lines += [
            f"- {what} {each.rule} {each.level} at row {each.row} of `{one.draw.name}`\n"
            for each in one.verdict.false
            if each.level in LOUD
        ]
    return "".join(sorted(lines))


def _missed_ones(judged: Iterable[Judged]) -> str:
    by_fault: dict[str, list[Judged]] = {}
    for one in judged:
        if one.verdict.fault:
            by_fault.setdefault(one.draw.fault, []).append(one)
    missed = {name: _missed(ones) for name, ones in by_fault.items()}
    order = sorted(missed, key=lambda name: -len(missed[name]))
    return "".join(
        f"\n### {name}: {len(missed[name])} of {len(by_fault[name])} missed"
        f"; found first by {_finders(by_fault[name]) or 'none'}\n\n"
        + "".join(map(_miss_line, missed[name]))
        for name in order
        if missed[name]
    )


def _missed(judged: Iterable[Judged]) -> list[Judged]:
    return [one for one in judged if one.verdict.delay is None]


def _miss_line(one: Judged) -> str:
    fault = one.verdict.fault
    assert fault is not None
    said = [f"{each.rule} {each.level} {each.row - fault.onset:+}" for each in one.verdict.findings]
    return f"- `{one.draw.name}` row {fault.onset}, {fault.level}: {', '.join(said) or 'silent'}\n"


def by_trainer(judged: Iterable[Judged]) -> Mapping[str, list[Judged]]:
    trainers: dict[str, list[Judged]] = {}
    for one in judged:
        trainers.setdefault(one.draw.algorithm, []).append(one)
    return trainers
