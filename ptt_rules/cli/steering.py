"""What `ptt resume` and `ptt ack` share: a run that lives, and a command that it is given."""

from __future__ import annotations

from pathlib import Path

from ptt_rules.cli.common import print_json
from ptt_rules.language import PttError
from ptt_rules.runs import Command, Run, RunState, give_command, read_run, state_of


def living_run(path: str) -> tuple[Run, RunState]:
    """A run that can still take commands.

    Errors: PTT508 for one that is over; those of `read_run`
    """
    run = read_run(path)
    state = state_of(run)
    if not state.is_alive:
        message = f"this run takes no commands: it is {state.state.value}, {state.reason}"
        hint = f"`ptt show {path}` says what to do now"
        raise PttError.of("PTT508", message, file=path, hint=hint)
    return run, state


def give(path: str, command: Command, text: str, *, as_json: bool) -> None:
    """Writes a command where the run reads it, and says so: in a text, or as JSON.

    Errors: PTT308
    """
    try:
        give_command(Path(path), command)
    except OSError as error:
        message = f"the command cannot be written: {error.strerror}"
        hint = "it is written to the run directory; see who may write there"
        raise PttError.of("PTT308", message, file=path, hint=hint) from error
    if as_json:
        print_json({"run": path, **command.to_json()})
    else:
        print(text)
