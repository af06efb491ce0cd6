"""Judging runs: live, row by row, and whole logs at once."""

from ptt_rules.engine.compiled import CompiledPack, compile_pack
from ptt_rules.engine.engine import Blind, Engine, Status
from ptt_rules.engine.events import Action, Event, EventKind, json_number
from ptt_rules.engine.replay import Replay, replay_frame

__all__ = [
    "Action",
    "Blind",
    "CompiledPack",
    "Engine",
    "Event",
    "EventKind",
    "Replay",
    "Status",
    "compile_pack",
    "json_number",
    "replay_frame",
]
