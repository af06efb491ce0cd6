"""What a run was: rules, arguments, model, data, code and machine."""

from __future__ import annotations

import platform
import socket
import subprocess
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from importlib import metadata
from typing import Any

import torch

from ptt_rules import Pack, __version__
from ptt_rules.runs import FACTS
from ptt_runtime.fingerprints import data_fingerprint, model_fingerprint
from ptt_runtime.training import Training

_LIBRARIES = ("torch", "transformers", "trl", "accelerate", "datasets", "peft", "polars")
_GIT_TIMEOUT_S = 10


def provenance(training: Training, pack: Pack) -> dict[str, Any]:
    """The contents of `run.json`."""
    return {
        "run_id": uuid.uuid4().hex,
        "started": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "ptt_version": __version__,
        **rules_of_run(training, pack),
        **training.own_config,
        "world_size": training.facts["world_size"],
        FACTS: training.facts,
        "siblings": training.siblings.to_json(),
        "training_arguments": training.arguments,
        "model": _told(lambda: model_fingerprint(training.model)),
        "data": _told(lambda: data_fingerprint(training.train_dataloader)),
        "libraries": library_versions(),
        "python": platform.python_version(),
        "git": _git(),
        "host": socket.gethostname(),
        "devices": _told(_devices),
    }


def rules_of_run(training: Training, pack: Pack) -> dict[str, Any]:
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
    }


def _told(describe: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """A description, or why there is none: provenance is never a reason not to train."""
    try:
        return describe()
    except Exception as error:
        return {"unknown_because": f"{type(error).__name__}: {error}"}


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
    commit = _git_output("rev-parse", "HEAD")
    if commit is None:
        return None
    return {"commit": commit, "dirty": bool(_git_output("status", "--porcelain"))}


def _git_output(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments],
            capture_output=True,
            text=True,
            timeout=_GIT_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _devices() -> dict[str, Any]:
    names = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return {"cuda": names, "cpu": platform.processor() or platform.machine()}
