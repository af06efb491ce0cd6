"""The fixed prompts: ptt's own, or those of a list, a file or a folder, as people write them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any

from ptt_rules import PttError
from ptt_rules.observing.arguments import shown
from ptt_rules.snapshots import FixedPrompt, prompt_text
from ptt_runtime.snapshots.own_prompts import OWN_PROMPTS
from ptt_runtime.snapshots.prompt_files import read_prompts

HINT = 'a text, a list of messages with `role` and `content`, or such as `{"prompt": "Hello"}`'
_TEXTS = ("prompt", "messages", "conversations", "instruction", "question")
"""Where rows of data sets have what is asked; the first that is there counts."""
Given = Iterable[Any] | str | os.PathLike[str] | None


def fixed_prompts(given: Given) -> tuple[FixedPrompt, ...]:
    """Prompts of a run; a text is the path of a file or folder.

    Errors: PTT521
    """
    if given is None:
        return OWN_PROMPTS
    if isinstance(given, (str, os.PathLike)):
        return _checked(read_prompts(given), str(given))
    if isinstance(given, (Mapping, bytes)) or not isinstance(given, Iterable):
        message = f"`prompts` takes a list of prompts or a path, not {shown(given)}"
        raise PttError.of("PTT521", message, hint=f"write a list of {HINT}")
    return _checked(given, "the list of prompts")


def _checked(prompts: Iterable[Any], where: str) -> tuple[FixedPrompt, ...]:
    """Errors: PTT521 for what is not a prompt, for none at all, and for one that is there twice"""
    found: list[FixedPrompt] = []
    seen: set[str] = set()
    for number, given in enumerate(prompts, start=1):
        try:
            one = given if isinstance(given, FixedPrompt) else _prompt(given)
        except ValueError as error:
            message = f"number {number} of {where} is not a prompt: {error}"
            raise PttError.of("PTT521", message, hint=f"write {HINT}") from None
        words = {prompt_text(one.content), f"id {one.id}"} - {"id "}
        if words & seen:
            message = f"number {number} of {where} is there before"
            raise PttError.of("PTT521", message, hint="each prompt counts once, and so does an id")
        seen |= words
        found.append(one)
    if not found:
        raise PttError.of("PTT521", f"there is no prompt in {where}", hint=f"write {HINT}")
    return tuple(found)


def _prompt(given: Any) -> FixedPrompt:
    """Errors: ValueError, which says what is wrong"""
    if not isinstance(given, Mapping):
        return FixedPrompt(_content(given))
    name = next((name for name in _TEXTS if given.get(name)), None)
    if name is None:
        keys = ", ".join(f"`{key}`" for key in list(given)[:6])
        raise ValueError(f"it has {keys or 'nothing'}, and not `prompt` or `messages`")
    label, weight = str(given.get("label") or ""), given.get("weight")
    if "/" in label or "[" in label:
        raise ValueError(f"its label `{label}` has a slash or a bracket")
    made = FixedPrompt(_content(given[name]), str(given.get("id") or ""), label)
    return made if weight is None else replace(made, weight=_weight(weight))


def _weight(given: Any) -> float:
    try:
        weight = float(given)
    except (TypeError, ValueError):
        raise ValueError(f"its weight {shown(given)} is not a number") from None
    if not (isfinite(weight) and weight > 0):
        raise ValueError(f"its weight {weight:g} is not above 0")
    return weight


def _content(given: Any) -> str | list[dict[str, str]]:
    """A text, or messages up to what the model is to answer. Errors: ValueError"""
    if isinstance(given, str):
        if not given.strip():
            raise ValueError("it is empty")
        return given
    if not isinstance(given, Sequence) or not given:
        raise ValueError(f"it is {shown(given)}")
    messages = [_message(one) for one in given]
    if messages[-1]["role"] == "assistant":  # data for training has the answer there
        messages.pop()
    if not messages or messages[-1]["role"] == "assistant":
        raise ValueError("no message is left for the model to answer")
    return messages


def _message(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise ValueError(f"one of its messages is {shown(given)}")
    role = given.get("role", given.get("from"))
    content = given.get("content", given.get("value"))
    roles = {"human": "user", "gpt": "assistant"}
    if not isinstance(role, str):
        raise ValueError("one of its messages has no `role`")
    return {"role": roles.get(role, role), "content": _text(content)}


def _text(content: Any) -> str:
    """The text of a message, also where it comes in parts. Errors: ValueError"""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        parts = [part for part in content if isinstance(part, Mapping)]
        if len(parts) == len(content) and all(part.get("type") == "text" for part in parts):
            return "".join(str(part.get("text", "")) for part in parts)
        raise ValueError("one of its messages has parts that are not text")
    raise ValueError("one of its messages has no `content`")
