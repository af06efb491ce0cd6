"""The language server: editor features for `.ptt` files; only `server` knows the protocol."""

from ptt_rules.authoring.lsp.project import Project

__all__ = ["Project"]
