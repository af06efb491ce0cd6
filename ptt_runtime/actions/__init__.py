"""What a policy can do to a trainer: one handler for each kind of action."""

from ptt_runtime.actions.table import HANDLERS, Means, handlers_of

__all__ = ["HANDLERS", "Means", "handlers_of"]
