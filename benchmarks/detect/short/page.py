"""The tables of short logs as they are kept, and as docs/detection.md shows them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.detect.tables import PAGE, filled
from benchmarks.tables import Table

RESULTS = Path(__file__).with_name("results.json")
MARK = "short"


def write(tables: Sequence[Table]) -> None:
    """Keeps tables, and shows them on the page."""
    rows = [
        {"name": one.name, "note": one.note, "columns": one.columns, "rows": one.rows}
        for one in tables
    ]
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(filled(text, shown(kept()), MARK), encoding="utf-8")


def kept() -> list[Table]:
    """The tables that were kept last."""
    rows: list[dict[str, Any]] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return [
        Table(row["name"], row["note"], tuple(row["columns"]), [*map(tuple, row["rows"])])
        for row in rows
    ]


def shown(tables: Sequence[Table]) -> str:
    return "\n\n".join(f"{one.note}\n\n{one.markdown()}" for one in tables)
