"""`python -m benchmarks.corpus`: tables of what is right, wrong and late, and what changed.

With `--write` the findings that are kept beside the corpus are written anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from difflib import unified_diff

from benchmarks.corpus.judged import Judged, findings_text, judge
from benchmarks.corpus.logs import CORPUS, truths
from benchmarks.detect.scoring import worse_or_equal
from benchmarks.tables import Table
from ptt_rules.snapshots import wilson

FINDINGS = CORPUS / "findings.txt"


def main(arguments: Sequence[str]) -> int:
    judged = list(judge(truths()))
    for table in (of_logs(judged), of_detectors(judged), of_misses(judged)):
        print(f"\n{table.note}\n\n{table.markdown()}")
    found = findings_text(judged)
    before = FINDINGS.read_text(encoding="utf-8") if FINDINGS.exists() else ""
    lines = before.splitlines(), found.splitlines()
    changed = [*unified_diff(*lines, "kept", "now", lineterm="", n=0)]
    print("\nChanged against what is kept:\n" if changed else "\nAs it is kept.")
    print("\n".join(changed))
    if "--write" in arguments:
        FINDINGS.write_text(found, encoding="utf-8")
    new = [f"{log.truth.log}: {one.detector}" for log in judged for one in log.new_false]
    if new:
        print("\nFalse, without a reason in known-false.toml:\n  " + "\n  ".join(new))
    return 1 if new else 0


def of_logs(judged: Sequence[Judged]) -> Table:
    """Healthy logs with a false finding, and faulty logs of which the cause is named."""
    table = Table(
        "logs",
        "By origin: healthy logs with a false finding of a level or worse, and faulty ones "
        "of which the cause is named, at the level of a person; 95% intervals (Wilson).",
        ("logs", "healthy", "false critical", "false high", "false medium", "faulty", "found"),
    )
    for origin in sorted({_origin(one) for one in judged}):
        ours = [one for one in judged if _origin(one) == origin]
        healthy = [one for one in ours if one.truth.verdict == "healthy"]
        faulty = [one for one in ours if one.truth.verdict == "faulty"]
        table.rows.append(
            (
                origin,
                len(healthy),
                *(
                    _share(_false(healthy, level), len(healthy))
                    for level in ("critical", "high", "medium")
                ),
                len(faulty),
                _share(sum(one.is_found for one in faulty), len(faulty)),
            )
        )
    return table


def of_detectors(judged: Sequence[Judged]) -> Table:
    """Of each detector how often it was right, wrong, late, or beside the cause."""
    table = Table(
        "detectors",
        "By detector, in how many logs: right (it names the cause), late among these, beside (of a "
        "faulty or doubtful log, not the cause), wrong (of a healthy one, at medium or worse).",
        ("detector", "right", "late", "beside", "wrong"),
    )
    counts: dict[str, list[int]] = {}
    for log in judged:
        for one in log.findings:
            row = counts.setdefault(one.detector.partition("[")[0], [0, 0, 0, 0])
            if one in log.right:
                row[0] += 1
                row[1] += log.is_late(one)
            elif one in log.false:
                row[3] += 1
            elif log.truth.verdict != "healthy":
                row[2] += 1
    table.rows.extend((name, *row) for name, row in sorted(counts.items()) if any(row))
    return table


def of_misses(judged: Sequence[Judged]) -> Table:
    """The faulty logs of which the cause is not named, and what was said in its place."""
    table = Table(
        "misses",
        "Faulty logs of which the cause is not named at the level that a person would give.",
        ("log", "why it is faulty", "wanted", "said"),
    )
    for log in judged:
        if log.truth.verdict == "faulty" and not log.is_found:
            said = ", ".join(f"{one.detector} {one.level}" for one in log.findings) or "nothing"
            wanted = f"{', '.join(log.truth.right)} {log.truth.at_least}"
            table.rows.append((log.truth.log, log.truth.why[:80], wanted, said))
    return table


def _origin(one: Judged) -> str:
    return one.truth.log.partition("/")[0]


def _false(logs: Iterable[Judged], level: str) -> int:
    return sum(any(worse_or_equal(one.level, level) for one in log.false) for log in logs)


def _share(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{hits} of {of}, {low:.0%} to {high:.0%}" if of else "-"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
