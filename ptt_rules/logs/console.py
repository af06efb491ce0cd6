"""What a trainer prints: log dicts as Python writes them, among other lines.

transformers prints a dict a log event, from version 5 on with its numbers as texts of four digits;
SkyRL prints one over many lines; OpenRLHF puts the step before it. Progress bars and other lines
stand between, and may stand before a dict in its line.

Source: transformers 5.23.0, `trainer_callback.py`, `ProgressCallback.on_log`; SkyRL a956457,
`skyrl/train/utils/tracking.py`; OpenRLHF 3c3be62, `openrlhf/utils/logging_utils.py`
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ptt_rules.border import number, open_regular
from ptt_rules.language import PttError
from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.keys import with_logged_keys
from ptt_rules.logs.places import STEP_KEYS, placed
from ptt_rules.logs.stream import LogStream

_DICT = re.compile(r"""\{\s*['"][^{}]*\}""")
_OF_BYTES = re.compile(rb"""\{\s*(?:'[^'{}\n]{1,200}'|"[^"{}\n]{1,200}")\s*:""")
_OTHERS = (b'{"', b'{ "', b"[{", b"PK")
"""How JSON and archives begin, which other readers take."""
_WORD = re.compile(
    r"(?<=: )(-?)(?:np\.\w+\()?(nan|inf|None|True|False|-?[\d.]+(?:e[-+]?\d+)?)\)?(?=\s*[,}])"
)
_WORDS = {"nan": "NaN", "inf": "Infinity", "None": "null", "True": "true", "False": "false"}
_STEP = re.compile(r"[Ss]tep[ :=]*(\d+)\s*:?\s*$")
_EVERYWHERE = frozenset({"epoch", "loss", "train_runtime", "reward"})
"""Keys by which a log event is known among other dicts that a program prints."""


def log_dicts(text: str) -> Iterator[dict[str, Any]]:
    """The dicts of numbers in a text, in order; a step that stands before one is its `step`."""
    begun = 0
    for found in _DICT.finditer(text):
        read = _read(found.group())
        if read and all(_is_number(value) for value in read.values()):
            before = _STEP.search(text, max(begun, found.start() - 80), found.start())
            step = {"step": int(before[1])} if before and not read.keys() & {*STEP_KEYS} else {}
            yield {**step, **read}
        begun = found.end()


def _read(text: str) -> Mapping[str, Any] | None:
    """A dict as Python writes it; None for what is not one."""
    as_json = _WORD.sub(lambda word: word[1] + _WORDS.get(word[2], word[2]), text)
    if "'" in as_json:
        if '"' in as_json:
            return None
        as_json = as_json.replace("'", '"')
    try:
        read = json.loads(as_json)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _is_number(value: Any) -> bool:
    return value is None or type(value) is float or number(value) is not None


def _open(path: Path) -> LogStream:
    """Errors: PTT401 where it has no log dicts"""
    with open_regular(path) as file:
        text = file.read().decode(errors="replace")
    found = [*log_dicts(text)]
    known = [row for row in found if row.keys() & {*_EVERYWHERE, *STEP_KEYS}] or found
    if not known:
        message = "this output of a program has no log dicts, such as `{'loss': 0.5, 'epoch': 1.0}`"
        hint = "give the output of a trainer that prints its logs, or its `trainer_state.json`"
        raise PttError.of("PTT401", message, file=str(path), hint=hint)
    rows = placed(with_logged_keys(map(_with_step, known)), file=str(path))
    return LogStream.of_rows(rows.rows, {}, file=str(path), notes=rows.notes)


def _with_step(row: dict[str, Any]) -> dict[str, Any]:
    """A step that is printed as a text or a float, as a number."""
    steps = {key: number(row[key]) for key in row if key in STEP_KEYS}
    whole = {k: int(v) for k, v in steps.items() if v is not None and v.is_integer()}
    return {**row, **whole}


def _is_file(path: Path, line: bytes) -> bool:
    """Whether a text has a dict as Python writes it, somewhere."""
    if line.startswith(_OTHERS) or line in (b"{", b"[") or b"\0" in line:
        return False
    with open_regular(path) as file:
        before = b""
        while block := file.read(1 << 20):
            if b"\0" in block:
                return False
            if _OF_BYTES.search(before + block):
                return True
            before = block[-400:]
    return False


CONSOLE = LogFormat("what a trainer printed, with its log dicts", _open, is_file=_is_file)
