"""What `ptt doctor` is given: a run, a training script, a file of arguments, or nothing."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ptt_rules.doctor.setup import Machine, Setup
from ptt_rules.language import PttError, Source, broken_yaml_is_reported, loader_of
from ptt_rules.language.metrics import TRAINERS, trainer_name
from ptt_rules.runs import is_run, read_run

_CALLBACK = "DiagnosticsCallback"
_PLAIN = ("TrainingArguments", "Seq2SeqTrainingArguments")
_CONFIGS = {trainer_name(one).replace("Trainer", "Config"): one for one in TRAINERS}
"""Classes of arguments, and what they train."""


def setup_of(
    path: str | None,
    config: Mapping[str, Any],
    *,
    algorithm: str | None = None,
    machine: Machine | None = None,
) -> Setup:
    """What is known of a training; `config` goes before what the file says.

    Errors: PTT402 if nothing is there, PTT401 for what cannot be read, PTT408 for another folder
    """
    machine = machine or Machine()
    if path is None:
        return Setup(machine, algorithm, config)
    place = Path(path)
    if place.is_dir() and is_run(place):
        return _of_run(place, config, machine)
    if place.is_dir():
        read_run(place)  # says what is wrong with the folder
    if not place.is_file():
        hint = "give a run directory, a training script (.py), or its arguments (.yaml, .json)"
        raise PttError.of("PTT402", "there is no such run or file", file=path, hint=hint)
    text = place.read_text(encoding="utf-8", errors="replace")
    if place.suffix == ".py":
        return _of_script(text, path, config, algorithm, machine)
    return Setup(machine, algorithm, {**_arguments(text, path), **config}, is_whole=True)


def _of_run(path: Path, config: Mapping[str, Any], machine: Machine) -> Setup:
    run = read_run(path)
    recorded = run.provenance.get("training_arguments", {})
    arguments = {**recorded, "max_steps": run.max_steps or recorded.get("max_steps"), **config}
    return Setup(machine, run.algorithm, arguments, run=run)


def _arguments(text: str, path: str) -> dict[str, Any]:
    """Training arguments of a file. Errors: PTT401"""
    source = Source(path, text)
    try:
        if path.endswith(".json"):
            data = json.loads(text)
        else:
            hint = "write `name: value`, each on a line of its own"
            with broken_yaml_is_reported(source, "PTT401", hint):
                data = loader_of(source).get_single_data()
    except ValueError as error:
        raise PttError.of("PTT401", f"this is not JSON ({error})", file=path) from error
    if not isinstance(data, dict):
        hint = "write training arguments, such as `learning_rate: 1e-5`, each on a line of its own"
        raise PttError.of("PTT401", "this file has no training arguments", file=path, hint=hint)
    return data


# ---- a script --------------------------------------------------------------------------------


def _of_script(
    text: str, path: str, config: Mapping[str, Any], algorithm: str | None, machine: Machine
) -> Setup:
    """What a script writes down in its calls; it is read and not run. Errors: PTT401"""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        message = f"this is not Python: {error.msg}, line {error.lineno}"
        raise PttError.of("PTT401", message, file=path) from error
    arguments: dict[str, Any] = {}
    callback: dict[str, Any] = {}
    unread: list[str] = []
    is_found = False
    for name, call in _calls(tree):
        if name in _CONFIGS or name in _PLAIN:
            is_found = True
            algorithm = algorithm or _CONFIGS.get(name, "trainer")
            arguments |= _literals(call, unread)
        elif name == _CALLBACK:
            callback |= _literals(call, unread)
    is_whole = is_found and "**" not in unread
    known = {**arguments, **config}
    return Setup(machine, algorithm, known, is_whole, callback, tuple(dict.fromkeys(unread)))


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            named = node.func
            name = named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", "")
            yield name, node


def _literals(call: ast.Call, unread: list[str]) -> dict[str, Any]:
    """The arguments that are written as values; the others join the unread ones."""
    found: dict[str, Any] = {}
    for each in call.keywords:
        try:
            found[each.arg or "**"] = ast.literal_eval(each.value)
        except ValueError:
            unread.append(each.arg or "**")
    return found
