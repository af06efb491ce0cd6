"""Channels that stay on the machine."""

from __future__ import annotations

import json
import logging
import os
from typing import Any

from ptt_rules.language import Level
from ptt_rules.observing.arguments import checked, file, text
from ptt_rules.observing.channels.notice import Notice
from ptt_rules.observing.files import LineFile

_SEVERITY = {
    Level.CRITICAL: logging.CRITICAL,
    Level.HIGH: logging.ERROR,
    Level.MEDIUM: logging.WARNING,
    Level.LOW: logging.INFO,
}


def _logger(name: str, value: Any) -> logging.Logger:
    if isinstance(value, logging.Logger):
        return value
    return logging.getLogger(text("ptt")(name, value))


_file = file("notices.jsonl")


class LogChannel:
    """Python's logging: one record a notice, its severity after the level."""

    @checked({"logger": _logger})
    def __init__(self, logger: str | logging.Logger = "ptt") -> None:
        self._logger = _logger("logger", logger)

    def send(self, notice: Notice) -> None:
        self._logger.log(_SEVERITY[notice.level], "%s\n%s", notice.title, notice.text)

    def failures(self) -> list[str]:
        return []

    def close(self, timeout_s: float) -> None:
        """There is nothing to wait for."""


class FileChannel:
    """A file that gets one JSON object a line; several runs may share it."""

    @checked({"path": _file})
    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._file = LineFile(_file("path", path))

    def send(self, notice: Notice) -> None:
        """Errors: OSError; the line waits, and goes with the next one"""
        self._file.append(json.dumps(notice.to_json(), ensure_ascii=False))

    def failures(self) -> list[str]:
        return []

    def close(self, timeout_s: float) -> None:
        """Writes the lines that wait. Errors: OSError"""
        self._file.flush()
