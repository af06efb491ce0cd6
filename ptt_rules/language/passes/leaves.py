"""Expressions with other leaves, such as parameters as the numbers that they have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from ptt_rules.language.ir import Node


def with_leaves(node: Node, leaf: Callable[[Node], Node]) -> Node:
    """The same expression with what a function makes of each node that reads no other one."""
    if not node.children:
        return leaf(node)
    changed: dict[str, Any] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            changed[field.name] = with_leaves(value, leaf)
        elif isinstance(value, tuple) and any(isinstance(part, Node) for part in value):
            changed[field.name] = tuple(with_leaves(part, leaf) for part in value)
    return replace(node, **changed)
