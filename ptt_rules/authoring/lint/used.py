"""The names that the rules and texts of a pack read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ptt_rules.authoring.lint.subject import Subject, expressions_of, formulas_of
from ptt_rules.language.ir import Detector, Each, Node, Placeholder, walk


def nodes_read(subject: Subject) -> Iterator[Node]:
    """Every node that detectors and policies read, in texts too."""
    roots: list[Node] = []
    for detector in subject.detectors:
        roots += [*expressions_of(detector), *shown_in_texts(detector)]
    for policy in subject.pack.policies.values():
        roots += formulas_of(policy)
    return all_of(roots)


def all_of(roots: Iterable[Node]) -> Iterator[Node]:
    """Some nodes and all that they read, inside of `[each]` too."""
    for node in walk(roots):
        yield node
        if isinstance(node, Each):
            yield from all_of([node.of.node])


def shown_in_texts(detector: Detector) -> Iterator[Node]:
    for template in detector.templates:
        for part in template:
            if isinstance(part, Placeholder) and part.node is not None:
                yield part.node
