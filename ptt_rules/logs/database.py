"""SQLite databases of trackers, opened to be read and left as they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Set
from contextlib import closing
from pathlib import Path

from ptt_rules.border import check_regular
from ptt_rules.language import PttError

_START = b"SQLite format 3"


def is_database(line: bytes) -> bool:
    return line.startswith(_START)


def opened(path: Path) -> sqlite3.Connection:
    """A database that is only read; a writer beside it goes on.

    Errors: NotRegularError, PTT401 for what SQLite cannot read
    """
    check_regular(path)
    try:
        base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        base.execute("select name from sqlite_master limit 1").fetchall()
    except sqlite3.Error as error:
        hint = "give the database of MLflow or Trackio as it was written"
        message = f"this database cannot be read ({error})"
        raise PttError.of("PTT401", message, file=str(path), hint=hint) from error
    return base


def has_tables(path: Path, tables: Mapping[str, Set[str]]) -> bool:
    """Whether a database has some tables with some columns. Errors: as `opened`"""
    with closing(opened(path)) as base:
        return all(columns <= _columns(base, table) for table, columns in tables.items())


def _columns(base: sqlite3.Connection, table: str) -> set[str]:
    return {name for (name,) in base.execute("select name from pragma_table_info(?)", (table,))}
