"""`docs/metrics.md` has all that the vocabulary knows.

`PTT_REWRITE_GOLDEN=1 pytest tests/metrics/test_page.py` writes its tables anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ptt_rules.language.metrics import TRAINERS, LoggedKey, logged_by
from ptt_rules.language.metrics.find import HABITS

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
MARK = "<!-- from here on written by tests/metrics/test_page.py from the vocabulary -->\n"
TITLES = {"sft": "SFT", "kto": "KTO", "reward": "Reward models"}
HEAD = "| key | unit | range | what | over | logged |\n| --- | --- | --- | --- | --- | --- |"
OLD_HEAD = "| written | logged by present trainers |\n| --- | --- |"


def test_the_page_is_that_of_the_vocabulary() -> None:
    head, mark, found = PAGE.read_text(encoding="utf-8").partition(MARK)
    expected = "\n".join(lines())
    if os.environ.get("PTT_REWRITE_GOLDEN"):
        PAGE.write_text(f"{head}{mark}{expected}", encoding="utf-8")
        found = expected
    assert found == expected


def lines() -> Iterator[str]:
    shared = [row for row in logged_by("sft") if set(row.trainers) >= set(TRAINERS) - {"ppo"}]
    yield from table("All trainers but PPO", shared, "")
    for trainer in TRAINERS:
        own = [row for row in logged_by(trainer) if row not in shared]
        yield from table(TITLES.get(trainer, trainer.upper()), own, trainer)
    yield from ("", "## Other names", "", OLD_HEAD)
    yield from (f"| `{old}` | `{now}` |" for old, now in HABITS.items())
    yield ""


def table(title: str, rows: list[LoggedKey], trainer: str) -> Iterator[str]:
    yield from ("", f"## {title}", "", HEAD)
    for row in rows:
        about = row.about.rstrip(".")
        logged = row.logged_text(trainer)
        cells = (f"`{row.key}`", row.unit.value, row.range_text, about, row.over, logged)
        yield f"| {' | '.join(cells)} |"
