"""Folders as pip leaves them: distributions with packs, as their files are on disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ptt_rules.packs.record import record_text


def install(
    site: Path,
    name: str,
    version: str,
    files: Mapping[str, str],
    *,
    entries: Mapping[str, str] | None = None,
    is_recorded: bool = True,
) -> Path:
    """Puts a distribution into a folder; its one pack has its name unless `entries` are given."""
    about = site / f"{name}-{version}.dist-info"
    named = {name: name} if entries is None else entries
    lines = "".join(f"{pack} = {module}\n" for pack, module in named.items())
    metadata = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n",
        "entry_points.txt": f"[ptt.rulepacks]\n{lines}",
    }
    texts = {**files, **{f"{about.name}/{file}": text for file, text in metadata.items()}}
    if is_recorded:
        own = f"{about.name}/RECORD"
        texts[own] = record_text([(file, text.encode()) for file, text in texts.items()], own)
    for file, text in texts.items():
        path = site / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return about


def rules(name: str, version: str, *clauses: str) -> str:
    """The text of a pack with one detector, which fires on a loss above 3."""
    header = "".join(f"  {clause}\n" for clause in clauses)
    metric = f'metric {name}_loss: none = "my/{name}"\n'
    return f"pack {name} {version} {{\n{header}}}\n{metric}" + (
        f"detector {name}_high {{ high when {name}_loss > 3 }}\n"
    )
