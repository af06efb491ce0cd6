"""Small multiples: metrics that findings read, then the usual ones, with what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ptt_rules.evaluation import Finding
from ptt_rules.logs import POSITION_KEYS
from ptt_rules.report.chart import (
    Across,
    Drawing,
    Extent,
    Plot,
    axis,
    band,
    ends,
    fitting,
    label,
    room_for,
    upright,
)
from ptt_rules.report.markup import Html, tag
from ptt_rules.report.run.across import across_of
from ptt_rules.runs import Run

WIDTH, LEFT, RIGHT = 350, 44, 8
TOP, PLOT, BOTTOM = 22, 80, 18
FIRST = 12
"""Metrics that are looked at first; the others are drawn after them."""
MOST = 60
MOST_READERS = 3
"""Findings of an incident that are marked in one drawing."""

_OF_FUNCTIONS = "rewards/*/mean"
"""The mean of each reward function."""

USUAL = (
    "reward",
    _OF_FUNCTIONS,
    "rewards/margins",
    "objective/scores",
    "loss",
    "eval_loss",
    "frac_reward_zero_std",
    "grad_norm",
    "entropy",
    "policy/entropy_avg",
    "kl",
    "objective/kl",
    "rewards/accuracies",
    "accuracy",
    "mean_token_accuracy",
    "logps/chosen",
    "completions/mean_length",
)
"""Which metrics people want to see of a run, whatever was found."""


def curves(run: Run) -> list[Drawing]:
    """A drawing for each metric that is worth a look."""
    series = [Series.of(run, key) for key in keys_of(run)[:MOST]]
    left = max((one.room for one in series), default=LEFT)
    across = across_of(run, left, WIDTH - RIGHT)
    return [one.drawing(run, across) for one in series]


def keys_of(run: Run) -> list[str]:
    """Logged keys: those of what was found, the worst first, then the usual ones."""
    logged = [name for name in run.log.frame.columns if name not in POSITION_KEYS]
    found = [key for key in _read_by_findings(run) if key in logged]
    usual = [key for pattern in USUAL for key in logged if fnmatchcase(key, pattern)]
    rest = [key for key in logged if not key.startswith("ranks/")]
    wanted = dict.fromkeys([*found, *usual, *rest])
    return [key for key in wanted if run.log.frame[key].null_count() < run.log.frame.height]


def _read_by_findings(run: Run) -> Iterator[str]:
    for incident in sorted(run.incidents, key=lambda one: -one.level):
        for finding in incident.findings:
            for tried in run.rules.rule(finding.detector).keys:
                yield from (_filled(key, finding.instance) for key in tried)


def _filled(key: str, instance: Mapping[str, str]) -> str:
    """A key of a family with the word of the instance in it."""
    for name, word in instance.items():
        key = key.replace("{" + name + "}", word)
    return key


# ---- one drawing ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Series:
    """The logged values of a key, by step."""

    key: str
    known: Sequence[tuple[int, float]]

    @classmethod
    def of(cls, run: Run, key: str) -> Series:
        rows = run.log.frame.select("step", key).drop_nulls()
        values = map(float, rows[key].to_list())
        return cls(key, list(zip(rows["step"].to_list(), values, strict=True)))

    @property
    def room(self) -> float:
        """What the labels of its axis need on the left."""
        return room_for(ends(Extent.of(value for _, value in self.known)), least=LEFT)

    def drawing(self, run: Run, across: Across) -> Drawing:
        plot = Plot(across, TOP, TOP + PLOT, has_dots=True)
        newest = label(self.known[-1][1], 4) if self.known else "no value"
        room = across.right - across.left - room_for([newest])
        head = tag("text", fitting(self.key, room), css="key", x=across.left, y=14)
        value = tag("text", newest, x=across.right, y=14, text_anchor="end")
        marks = _bands(run, self.key, plot)
        steps = axis(across, plot.bottom + 14, (0, across.last))
        parts = (head, value, *marks, *plot.curve(self.known), *steps)
        return Drawing(WIDTH, TOP + PLOT + BOTTOM, self.key, parts)


def _bands(run: Run, key: str, plot: Plot) -> Iterator[Html]:
    """What was not trained in grey; of each incident its time, and a line where it was told."""
    across = plot.across
    if across.last > run.last_step:
        yield band(across, (run.last_step, across.last), plot.ends, "never", "")
    for incident in run.incidents:
        readers = [one for one in incident.findings if key in _keys_read(run, one)]
        for one in readers[:MOST_READERS]:
            level, last = one.level.word, run.last_step if one.ended is None else one.ended
            about = f"{one.who}: since step {one.since_step}, {level} at {one.step}"
            yield band(across, (one.since_step, last), plot.ends, f"band {level}", about)
            yield upright(across.at(one.step), plot.ends, level)


def _keys_read(run: Run, finding: Finding) -> set[str]:
    rule = run.rules.rule(finding.detector)
    return {_filled(key, finding.instance) for tried in rule.keys for key in tried}
