"""Secrets in training arguments, which everything that records them leaves out.

Masked are texts alone: the number of tokens is not a secret. A key is one by its last words, and a
text is one by its shape, since tokens are given under any name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

MASK = "***"
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_ENDS = (
    "token", "tokens", "key", "keys", "secret", "secrets", "password", "passwords", "passwd",
    "passphrase", "pwd", "credential", "credentials", "authorization", "cookie", "cookies",
    "bearer", "auth", "signature", "sig",
)  # fmt: skip
_MARKS = (
    "pad", "eos", "bos", "unk", "sep", "cls", "mask", "image", "video", "audio", "special", "stop",
    "start", "end", "boi", "eoi", "think", "thinking", "tool", "response", "system", "user",
    "assistant", "new", "max", "min", "num", "extra", "suppress", "prefix", "suffix", "middle",
    "delimiter", "separator", "frame",
)  # fmt: skip
"""Before `token`: words of a vocabulary, and not secrets."""
_COLUMNS = (
    "text", "prompt", "completion", "messages", "chosen", "rejected", "label", "labels", "sort",
    "column", "dataset", "image", "images", "reward", "metric", "input", "output", "id", "ids",
)  # fmt: skip
"""Before `key`: names of columns."""
_HARMLESS = {
    "token": frozenset(_MARKS),
    "tokens": frozenset(_MARKS),
    "key": frozenset(_COLUMNS),
    "keys": frozenset(_COLUMNS),
}
_SECRET_ANYWHERE = frozenset({"secret", "password", "credentials", "apikey"})
_SECRET_PAIRS = {("access", "key"), ("api", "key")}
_IS_MARK = re.compile(r"\s*[<\[|].*[>\]|]\s*", re.DOTALL)
_SHAPES = re.compile(
    r"hf_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{16,}|gh[opsur]_[A-Za-z0-9]{16,}"
    r"|github_pat_\w{16,}|glpat-[\w-]{16,}|AKIA[A-Z0-9]{12,}|xox[abprs]-[\w-]{8,}"
    r"|AIza[\w-]{30,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|(?<=[Bb]earer )\S+|(?<=[Bb]asic )\S{8,}"
)
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@?#]+(?=@)")
_SECRET_WORD = r"token|key|secret|password|passwd|passphrase|pwd|credentials?|signature|sig|auth"
_GIVEN_IN_TEXT = re.compile(
    rf"""((?:\b|_)(?:{_SECRET_WORD})["']?\s*[=:]\s*["']?)([^\s"'&,;)}}\]]{{4,}})""", re.IGNORECASE
)


def masked(value: Any, key: str = "") -> Any:
    """A value of training arguments without the secrets in it, at any depth."""
    if isinstance(value, Mapping):
        return {name: masked(one, _inner(key, name)) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(one, key) for one in value]
    return masked_text(value, key) if isinstance(value, str) else value


def _inner(key: str, name: Any) -> str:
    """A secret's parts are secrets by whatever name."""
    return key if is_secret(key) else str(name)


def masked_text(text: str, key: str = "") -> str:
    """A text without the secrets in it; all of it is one if its key says so."""
    if text and is_secret(key) and not _IS_MARK.fullmatch(text):
        return MASK
    without = _IN_ADDRESS.sub(MASK, _SHAPES.sub(MASK, text))
    return _GIVEN_IN_TEXT.sub(_only_mask, without)


def _only_mask(found: re.Match[str]) -> str:
    name, given = found.groups()
    is_known = given.startswith(("<", "[", MASK)) or not is_secret(_name_before(found))
    return found[0] if is_known else f"{name}{MASK}"


def _name_before(found: re.Match[str]) -> str:
    """The whole name that a value in a text is given under, such as `pad_token`."""
    before = re.search(r"\w*$", found.string[: found.start()])
    return f"{before[0] if before else ''}{found[1]}".strip(" =:\"'")


def is_secret(key: str) -> bool:
    """Whether a text under this name is a secret."""
    words = [word.lower() for word in _WORD.findall(key)]
    if not words:
        return False
    *before, last = words
    if last.endswith(_SECRET_ENDS):
        harmless = _HARMLESS.get(last, frozenset())
        return not harmless.intersection(before)
    pairs = set(pairwise(words))
    return bool(_SECRET_ANYWHERE.intersection(words)) or bool(_SECRET_PAIRS & pairs)
