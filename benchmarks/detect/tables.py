"""The tables of what was found, for people, and the same figures for machines.

python -m benchmarks.detect.tables    writes `benchmarks/detect/results.json` of the kept verdicts,
                                      and the tables of docs/detection.md of it
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.detect.kept import kept
from benchmarks.detect.recorded import ROOT
from benchmarks.detect.runs import Kind, Size
from benchmarks.detect.scoring import Tally
from benchmarks.detect.synthetic import ALGORITHMS
from ptt_rules.snapshots import wilson

RESULTS = Path(__file__).with_name("results.json")
PAGE = ROOT / "docs" / "detection.md"
CORPORA = ("synthetic", "real", "shared")
OURS, TODAY = "ptt", "today"
LEVELS = ("critical", "high", "medium")
ALL = "all"

Figures = dict[str, Any]


# ---- figures -------------------------------------------------------------------------------


def figures(tallies: Mapping[str, Tally]) -> Iterator[Figures]:
    """A row for each trainer, and one for all of them."""
    everything = Tally([one for tally in tallies.values() for one in tally.verdicts])
    for name, tally in [*tallies.items(), (ALL, everything)]:
        yield {"trainer": name, **_of_faults(tally), **_of_healthy(tally)}


def _of_faults(tally: Tally) -> Figures:
    sizes = {size: tally.of_size(size) for size in Size}
    clear = Tally([*sizes[Size.CLEAR].verdicts, *sizes[Size.TOTAL].verdicts])
    return {
        "faults": len(tally.faulty),
        "kinds": len({one.fault.name for one in tally.faulty if one.fault}),
        "found": tally.found,
        "found_interval": _interval(tally.found, len(tally.faulty)),
        "clear": len(clear.faulty),
        "clear_found": clear.found,
        "clear_interval": _interval(clear.found, len(clear.faulty)),
        "subtle": len(sizes[Size.SUBTLE].faulty),
        "subtle_found": sizes[Size.SUBTLE].found,
        "subtle_interval": _interval(sizes[Size.SUBTLE].found, len(sizes[Size.SUBTLE].faulty)),
        "delay": _number(tally.median_delay),
        "delay_p95": _number(tally.quantile_delay(0.95)),
        **{f"delay_{kind.value}": _number(tally.of_kind(kind).median_delay) for kind in Kind},
        "saved": _number(tally.saved),
    }


def _of_healthy(tally: Tally) -> Figures:
    runs = len(tally.healthy)
    false = {level: tally.false_runs(level) for level in LEVELS}
    return {
        "healthy": runs,
        **{f"false_{level}": count for level, count in false.items()},
        **{f"false_{level}_interval": _interval(count, runs) for level, count in false.items()},
    }


def _interval(hits: int, of: int) -> list[float]:
    return [round(end, 4) for end in wilson(hits, of)]


def _number(value: float) -> float | None:
    """Rounded for a file that is compared; None where there is nothing to take it of."""
    return None if math.isnan(value) else round(value, 4)


def results(before: Sequence[Figures] = ()) -> list[Figures]:
    """The figures of all verdicts that are kept; of collections without any, those of before."""
    rows: list[Figures] = []
    for corpus in CORPORA:
        for judge in (OURS, TODAY):
            tallies = {name: Tally(kept(f"{corpus}-{judge}-{name}")) for name in ALGORITHMS}
            there = {name: tally for name, tally in tallies.items() if tally.verdicts}
            if there:
                rows += [{"corpus": corpus, "judge": judge, **row} for row in figures(there)]
            else:
                rows += [row for row in before if (row["corpus"], row["judge"]) == (corpus, judge)]
    return rows


# ---- tables --------------------------------------------------------------------------------

Column = tuple[str, Any]
_WORDS = {
    Kind.STATE_LOSS: "lost numbers",
    Kind.LEVEL_SHIFT: "shifts",
    Kind.DRIFT: "drifts",
}


def table(tallies: Mapping[str, Tally]) -> str:
    """What a judge found, in full."""
    return _full(list(figures(tallies)))


def _full(rows: Sequence[Figures]) -> str:
    head = ["trainer", "faults found", "clear", "subtle", *(f"delay: {_WORDS[k]}" for k in Kind)]
    head += ["p95", *(f"false {level}" for level in LEVELS), "rows saved"]
    return _markdown(head, (_full_row(row) for row in rows))


def _full_row(row: Figures) -> list[str]:
    return [
        row["trainer"],
        f"{row['found']} of {row['faults']}, {_between(row['found_interval'])}",
        _share(row, "clear"),
        _share(row, "subtle"),
        *(_plain(row[f"delay_{kind.value}"]) for kind in Kind),
        _plain(row["delay_p95"]),
        *(_false(row, level) for level in LEVELS),
        _percent(row["saved"]),
    ]


def _compared(rows: Sequence[Figures]) -> str:
    """Ours beside the tool of today, briefly."""
    ours = {row["trainer"]: row for row in rows if row["judge"] == OURS}
    today = {row["trainer"]: row for row in rows if row["judge"] == TODAY}
    head = ["trainer", "faults", "found", "today", "median delay", "today"]
    head += ["false critical, high, medium", "today", "rows saved", "today"]
    lines = (_compared_row(row, _of_same_runs(row, today)) for row in ours.values())
    return _markdown(head, lines)


def _of_same_runs(row: Figures, others: Mapping[str, Figures]) -> Figures | None:
    """What another judge found, if it judged the same runs."""
    other = others.get(row["trainer"])
    runs = (row["faults"], row["healthy"])
    return other if other and (other["faults"], other["healthy"]) == runs else None


def _compared_row(ours: Figures, today: Figures | None) -> list[str]:
    cells = [ours["trainer"], str(ours["faults"])]
    for one in ("found", "delay", "false", "saved"):
        cells += [_brief(one, ours), _brief(one, today) if today else ""]
    return cells


def _brief(what: str, row: Figures) -> str:
    if what == "found":
        share = row["found"] / row["faults"] if row["faults"] else math.nan
        return f"{_percent(share)} ({_between(row['found_interval'])})"
    if what == "delay":
        return _plain(row["delay"])
    if what == "saved":
        return _percent(row["saved"])
    counts = ", ".join(str(row[f"false_{level}"]) for level in LEVELS)
    return f"{counts} of {row['healthy']}"


def _share(row: Figures, what: str) -> str:
    if not row[what]:
        return ""
    return f"{_percent(row[f'{what}_found'] / row[what])}, {_between(row[f'{what}_interval'])}"


def _false(row: Figures, level: str) -> str:
    most = row[f"false_{level}_interval"][1]
    return f"{row[f'false_{level}']} of {row['healthy']}, at most {most:.1%}"


def _between(interval: Sequence[float]) -> str:
    return f"{interval[0]:.0%} to {interval[1]:.0%}"


def _percent(share: float | None) -> str:
    return "" if share is None or math.isnan(share) else f"{share:.0%}"


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# ---- pages ---------------------------------------------------------------------------------

_TITLES = {
    "synthetic": "Synthetic logs",
    "real": "Real runs of tiny models",
    "shared": "Labelled logs of real runs",
}


def page_tables(rows: Sequence[Figures]) -> str:
    """What docs/detection.md shows between its marks."""
    parts = []
    for corpus in CORPORA:
        for judge, who in ((OURS, "ptt"), (TODAY, "the tool of today")):
            found = [row for row in rows if (row["corpus"], row["judge"]) == (corpus, judge)]
            if found:
                parts.append(f"### {_TITLES[corpus]}: {who}\n\n{_full(found)}")
    return "\n\n".join(parts)


def summary(rows: Sequence[Figures]) -> str:
    """What docs/detection.md shows first: synthetic logs by trainer, and the sums of the others."""
    shown = [row for row in rows if row["corpus"] == "synthetic" and row["trainer"] != ALL]
    for corpus in CORPORA:
        sums = [row for row in rows if row["corpus"] == corpus and row["trainer"] == ALL]
        shown += [{**row, "trainer": f"all, {corpus}"} for row in sums]
    return _compared(shown)


def page(text: str, rows: Sequence[Figures]) -> str:
    """The page with both."""
    return filled(filled(text, summary(rows), "summary"), page_tables(rows))


def filled(text: str, inner: str, mark: str = "detection") -> str:
    """A page with what stands between its marks replaced."""
    marks = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.DOTALL)
    found, count = marks.subn(lambda mark: f"{mark[1]}\n{inner}\n\n{mark[2]}", text)
    if count != 1:
        raise ValueError(f"a page needs <!-- {mark} --> and <!-- /{mark} --> once")
    return found


def main() -> int:
    rows = results(json.loads(RESULTS.read_text(encoding="utf-8")))
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
