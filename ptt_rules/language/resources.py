"""Where the grammar and the shipped rule packs are: beside a checkout, or inside a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def grammar_path() -> Path:
    """Folder of `ptt.lark`."""
    return _resource("grammar")


def rulepacks_path() -> Path:
    """Folder of the packs that ship with ptt, one folder each."""
    return _resource("rulepacks")


def _resource(name: str) -> Path:
    """An installed wheel carries the folder in `_data`; in a checkout it is at the top."""
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"the folder `{name}` is neither in {_PACKAGE / '_data'} nor in {_PACKAGE.parent}: "
        "install `ptt-rules` again"
    )
