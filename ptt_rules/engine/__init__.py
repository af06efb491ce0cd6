"""Judging runs: live, row by row, and, in `replay`, whole logs at once.

`replay` is not imported here, since it loads Polars, which judging live does not need.
"""

from ptt_rules.engine.compiled import CompiledPack, compile_pack
from ptt_rules.engine.engine import Blind, Engine, Status
from ptt_rules.engine.events import Action, Event, EventKind, json_number

__all__ = [
    "Action",
    "Blind",
    "CompiledPack",
    "Engine",
    "Event",
    "EventKind",
    "Status",
    "compile_pack",
    "json_number",
]
