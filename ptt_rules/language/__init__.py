"""The language: from the text of `.ptt` files to checked intermediate representation."""

from typing import TYPE_CHECKING

from ptt_rules._later import later
from ptt_rules.language.diagnostics import Diagnostic, Edit, Label, PttError, Severity, place_json
from ptt_rules.language.resources import rulepacks_path
from ptt_rules.language.source import NOWHERE, Source, Span
from ptt_rules.language.types import (
    LEVEL_WORDS,
    RUN_FACTS,
    SPAN_SECONDS,
    UNIT_WORDS,
    ActionKind,
    Kind,
    Level,
    Measure,
    Quantity,
    Shape,
    Unit,
)
from ptt_rules.language.who import Who

if TYPE_CHECKING:
    from ptt_rules.language.marked_yaml import (
        MERGE,
        SCALARS,
        broken_yaml_is_reported,
        is_null,
        loader_of,
        span_of,
        word_of,
    )

__all__ = [
    "LEVEL_WORDS",
    "MERGE",
    "NOWHERE",
    "RUN_FACTS",
    "SCALARS",
    "SPAN_SECONDS",
    "UNIT_WORDS",
    "ActionKind",
    "Diagnostic",
    "Edit",
    "Kind",
    "Label",
    "Level",
    "Measure",
    "PttError",
    "Quantity",
    "Severity",
    "Shape",
    "Source",
    "Span",
    "Unit",
    "Who",
    "broken_yaml_is_reported",
    "is_null",
    "loader_of",
    "place_json",
    "rulepacks_path",
    "span_of",
    "word_of",
]

__getattr__ = later(
    __name__,
    {
        "ptt_rules.language.marked_yaml": (
            "MERGE SCALARS broken_yaml_is_reported is_null loader_of span_of word_of"
        ),
    },
)
