"""The engine of a run as it was when a checkpoint was saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ptt_rules.evaluation import Engine
from ptt_rules.language import PttError
from ptt_rules.observing.resuming.past import Past
from ptt_rules.observing.sealed import Damaged, unsealed
from ptt_rules.packs import Pack
from ptt_rules.runs import CHECKPOINT_STATE


def engine_at(
    past: Past,
    step: int,
    pack: Pack,
    known: Mapping[str, Any],
    *,
    on_damage: Callable[[str, str], None],
) -> Engine:
    """The engine beside the checkpoint of a step; a new one where that cannot be known.

    `known` is what is known of the run beside its rows. `on_damage` gets what cannot be used, and
    why.
    """
    saved = past.checkpoint / CHECKPOINT_STATE if past.checkpoint else None
    if saved is None or not saved.is_file():
        return pack.engine(**known)
    try:
        state = unsealed(saved.read_bytes())
        if state["step"] > step:
            raise Damaged(f"it is of step {state['step']}, and the checkpoint of step {step}")
        if state["run_id"] == past.run_id:
            return pack.engine(**known, state=state)
    except PttError:
        pass  # of other rules: the journal, where there is one, says the same to these
    except (OSError, Damaged, KeyError, TypeError) as error:
        what = f"{saved.name} cannot be used, so the rows before it are judged anew"
        on_damage(what, str(error))
    return pack.engine(**known)
