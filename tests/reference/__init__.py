"""Judging by definition: sections 4 and 5 of the language reference, slow and obvious.

A second implementation of the life of a detector, of what is told and of what policies do, for
tests. It keeps every judgement and looks back over all of them, on the values of
`ptt_rules.backends.reference`, and shares no code with the engine but the shapes of `Event` and
`Action`.
"""
