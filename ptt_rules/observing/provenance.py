"""What a run was, as far as no trainer is needed to say it: rules, code and machine."""

from __future__ import annotations

import platform
import socket
import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from importlib import metadata
from typing import Any

from ptt_rules._version import __version__
from ptt_rules.observing.repository import git
from ptt_rules.observing.training import TrainingView
from ptt_rules.packs import Pack
from ptt_rules.runs import FACTS

_LIBRARIES = ("torch", "transformers", "trl", "accelerate", "datasets", "peft", "polars")


def beginning(training: TrainingView, pack: Pack, own: Mapping[str, Any]) -> dict[str, Any]:
    """What of `run.json` is of the run itself; `own` is what its arguments do not say."""
    return {
        "run_id": uuid.uuid4().hex,
        "started": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "ptt_version": __version__,
        **rules_of_run(training, pack),
        **own,
        "world_size": training.facts.get("world_size", 1),
        FACTS: training.facts,
        "siblings": training.siblings.to_json(),
    }


def surroundings() -> dict[str, Any]:
    """What of `run.json` is of code and machine."""
    return {
        "libraries": library_versions(),
        "python": platform.python_version(),
        "git": _git(),
        "host": socket.gethostname(),
    }


def rules_of_run(training: TrainingView, pack: Pack) -> dict[str, Any]:
    """What of `run.json` says which rules judge."""
    return {
        "algorithm": training.algorithm,
        "packs": [
            {
                "name": p.name,
                "version": p.version,
                "digest": p.digest,
                "file": p.file,
                "origin": p.origin.to_json(),
            }
            for p in pack.packs
        ],
        "parameters": dict(pack.params),
        "policy": pack.policy,
        "disabled": {one.name: one.reason for one in pack.disabled},
        "settings": [one.to_json() for one in pack.composition.settings],
        "stack": training.stack,
    }


def library_versions() -> dict[str, str]:
    """The installed versions of what training depends on."""
    versions = {}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def _git() -> dict[str, Any] | None:
    """Commit and dirty flag of the working directory; None outside of a repository."""
    commit = git("rev-parse", "HEAD")
    if commit is None:
        return None
    return {"commit": commit.strip(), "dirty": bool(git("status", "--porcelain"))}
