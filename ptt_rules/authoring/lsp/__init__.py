"""What an editor shows of `.ptt` files; only `server` knows of the protocol."""

from ptt_rules.authoring.lsp.project import Project

__all__ = ["Project"]
