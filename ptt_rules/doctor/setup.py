"""What is known of a training that is to begin, or has begun, and of the machine under it."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ptt_rules.border import number
from ptt_rules.language import Diagnostic, PttError
from ptt_rules.language.metrics import PLAIN
from ptt_rules.packs import Pack, load, shipped_packs
from ptt_rules.runs import Run, rules_of

_OF_TRL, _OF_TRANSFORMERS = 10, 500
"""`logging_steps` where it is not given. Source: trl 1.16.0, transformers 5.23.0"""


class Machine:
    """The machine as it is; tests have others."""

    def version(self, library: str) -> str | None:
        try:
            return version(library)
        except PackageNotFoundError:
            return None

    def has(self, module: str) -> bool:
        return importlib.util.find_spec(module) is not None

    def free_bytes(self, folder: Path) -> int:
        """Errors: OSError"""
        return shutil.disk_usage(folder).free

    def may_write(self, folder: Path) -> bool:
        return os.access(folder, os.W_OK | os.X_OK)


@dataclass(frozen=True)
class Setup:
    """A training: its arguments, what its callback is given, and the run if there is one already.

    `is_whole` says whether `arguments` are all that are not at their defaults, as of a script or a
    run; without it an argument that is missing is not known. `unread` names what a script gives
    and only running it would show.
    """

    machine: Machine = field(default_factory=Machine)
    algorithm: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    is_whole: bool = False
    callback: Mapping[str, Any] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    run: Run | None = None

    def argument(self, name: str, default: Any = None) -> Any:
        """A training argument, else its default where that is known to hold."""
        given = self.arguments.get(name)
        is_default = self.is_whole and name not in self.arguments and name not in self.unread
        return default if is_default else given

    @property
    def logging_steps(self) -> float:
        """0 where it is not known."""
        default = _OF_TRANSFORMERS if self.algorithm in (None, *PLAIN) else _OF_TRL
        return number(self.argument("logging_steps", default)) or 0

    # ---- rules -------------------------------------------------------------------------------

    @cached_property
    def _loaded(self) -> tuple[Pack | None, tuple[Diagnostic, ...]]:
        try:
            if self.run is not None:
                return rules_of(self.run), ()
            return self._load(), ()
        except PttError as error:
            return None, tuple(error.diagnostics)

    def _load(self) -> Pack:
        named = self.callback.get("packs") or ()
        own = [named] if isinstance(named, str) else list(named)
        shipped = self.algorithm if self.algorithm in shipped_packs() else "common"
        packs = [*([] if self.callback.get("only") else [shipped]), *own]
        policy = self.callback.get("policy")
        if self.callback.get("stop_on_critical"):
            policy = policy or "guard"
        settings = self.callback.get("settings") or ()
        return load(*packs, params=self.callback.get("params"), policy=policy, settings=settings)

    @property
    def pack(self) -> Pack | None:
        """The rules as they will judge; None where they cannot be loaded."""
        return self._loaded[0]

    @property
    def wrong(self) -> tuple[Diagnostic, ...]:
        """Why the rules cannot be loaded."""
        return self._loaded[1]

    # ---- folders -----------------------------------------------------------------------------

    @property
    def run_dir(self) -> Path:
        """Where the run is written, or the folder in which ptt makes one."""
        given = self.callback.get("run_dir")
        return self.run.path if self.run else Path(given) if given else Path("runs")

    @property
    def output_dir(self) -> Path | None:
        """Where the trainer saves."""
        if self.run is not None:
            return self.run.output_dir
        given = self.arguments.get("output_dir")
        return Path(given) if isinstance(given, str) else None


def nearest(folder: Path) -> Path:
    """The folder itself, or the nearest above it that is there."""
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.exists())
