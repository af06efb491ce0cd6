"""Coverage of rules as a table for people and as objects for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ptt_rules.authoring.tests import Coverage, DetectorCoverage, Seen, percent
from ptt_rules.report.terminal import Colour

_PLAIN = Colour()
_HEADS = ("", "fired", "true", "false", "unknown")
_Row = tuple[str, ...]


def coverage_text(coverage: Coverage, colour: Colour = _PLAIN) -> str:
    """How often each level fired and each condition was seen; then what is not covered."""
    parts = list(coverage.parts())
    covered = sum(part.is_covered for part in parts)
    share = _percent_text(percent(parts))
    tone = ("green",) if covered == len(parts) else ("red",)
    head = f"{colour(coverage.pack, 'bold')}: {colour(share, *tone)} of rules covered"
    lines = [f"{head} ({covered} of {len(parts)} parts)", *_table(coverage, colour)]
    missing = [part for part in parts if not part.is_covered]
    if missing:
        lines += ["", "  not covered:"]
    for part in missing:
        line, column = part.source.position(part.span.start)
        lines.append(f"    {part.source.name}:{line}:{column}  {part.missing}")
    return "\n".join(lines)


def coverage_json(coverage: Coverage) -> dict[str, Any]:
    """The coverage of one pack as an object."""
    parts = list(coverage.parts())
    return {
        "event": "coverage",
        "pack": coverage.pack,
        "percent": round(percent(parts), 2),
        "covered": sum(part.is_covered for part in parts),
        "parts": len(parts),
        "detectors": [_detector_json(one) for one in coverage.detectors.values()],
        "reactions": [
            {"policy": one.policy, "on": one.reaction.name, "ran": one.ran}
            for reactions in coverage.reactions.values()
            for one in reactions
        ],
        "missing": [
            {
                "message": part.missing,
                "file": part.source.name,
                "line": part.source.position(part.span.start)[0],
            }
            for part in parts
            if not part.is_covered
        ],
    }


def _detector_json(covered: DetectorCoverage) -> dict[str, Any]:
    return {
        "detector": covered.detector.qualified,
        "levels": {
            level.word: {"fired": one.fired, **_seen_json(one.condition)}
            for level, one in covered.levels.items()
        },
        "until": None if covered.until is None else _seen_json(covered.until),
    }


def _seen_json(seen: Seen) -> dict[str, int]:
    return {"true": seen.true, "false": seen.false, "unknown": seen.unknown}


def _percent_text(share: float) -> str:
    """A share without rounding up to 100%."""
    return f"{int(share * 10) / 10:g}%"


# ---- table ---------------------------------------------------------------------------------


def _table(coverage: Coverage, colour: Colour) -> Iterator[str]:
    rows = list(_rows(coverage))
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(_HEADS, *rows, strict=True)]
    yield colour(_line(_HEADS, widths), "dim")
    for row in rows:
        yield _line(row, widths)


def _line(row: _Row, widths: list[int]) -> str:
    first, *cells = (
        cell.ljust(width) if number == 0 else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(["", first, *cells]).rstrip()


def _rows(coverage: Coverage) -> Iterator[_Row]:
    for covered in coverage.detectors.values():
        name = covered.detector.name
        for level, one in covered.levels.items():
            yield f"{name} {level.word}", str(one.fired), *_seen(one.condition)
        if covered.until is not None:
            yield f"{name} until", "", *_seen(covered.until)
    for reactions in coverage.reactions.values():
        for reaction in reactions:
            text = f"{reaction.policy} on {reaction.reaction.name}"
            yield text, str(reaction.ran), "", "", ""


def _seen(seen: Seen) -> tuple[str, str, str]:
    return str(seen.true), str(seen.false), str(seen.unknown)
