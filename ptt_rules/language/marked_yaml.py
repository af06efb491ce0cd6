"""YAML whose parts know where they stand in the text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import yaml

from ptt_rules.language.diagnostics import Diagnostic, PttError
from ptt_rules.language.source import Source, Span

_TAGS = "tag:yaml.org,2002:"
NULL = f"{_TAGS}null"
MERGE = f"{_TAGS}merge"
SCALARS = frozenset(f"{_TAGS}{name}" for name in ("str", "int", "float", "bool", "null"))


def loader_of(source: Source) -> yaml.SafeLoader:
    """Composes nodes; the loader in Python, since the one in C counts bytes and not characters."""
    return yaml.SafeLoader(source.text)


@contextmanager
def broken_yaml_is_reported(source: Source, code: str, hint: str) -> Iterator[None]:
    """Turns a YAML error into a PttError with this code and hint."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.index if error.problem_mark else 0
        end = max(min(at + 1, len(source.text)), at)
        message = f"this is not YAML: {error.problem or error.context}"
        raise PttError([Diagnostic(code, message, source, Span(at, end), hint=hint)]) from error
    except yaml.reader.ReaderError as error:
        message = f"this is not YAML: it may not hold the character U+{error.character:04X}"
        span = Span(error.position, error.position + 1)
        raise PttError([Diagnostic(code, message, source, span)]) from error
    except RecursionError as error:
        raise PttError.of(code, "this YAML is nested too deeply", file=source.name) from error


def span_of(node: yaml.Node) -> Span:
    return Span(node.start_mark.index, max(node.end_mark.index, node.start_mark.index + 1))


def word_of(node: yaml.Node) -> str:
    """A key as it is written, `?` where it is not a scalar."""
    return node.value if isinstance(node, yaml.ScalarNode) else "?"


def is_null(node: yaml.Node) -> bool:
    return bool(node.tag == NULL)
