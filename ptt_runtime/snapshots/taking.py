"""One snapshot: answers, scores, and how likely the first answers are by now."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ptt_rules.observing import RunView
from ptt_rules.runs import Pulse
from ptt_rules.snapshots import LOGPROB, Completion, FixedPrompt, Snapshot
from ptt_runtime.snapshots.drift import likelihoods
from ptt_runtime.snapshots.generate import completions, generation_config, given_completions
from ptt_runtime.snapshots.options import Snapshots
from ptt_runtime.snapshots.reference import REFERENCE_KL, reference_model
from ptt_runtime.snapshots.scorers import scored
from ptt_runtime.snapshots.undisturbed import undisturbed
from ptt_runtime.training import training_of

_NOT_PRINTED = ("batch_size",)
"""Settings that change no answer."""


@dataclass(frozen=True, slots=True)
class Taking:
    """What a snapshot is taken with."""

    model: Any
    tokenizer: Any
    prompts: Sequence[FixedPrompt]
    options: Snapshots
    run: RunView

    def snapshot(
        self, step: int, reason: str, first: Snapshot | None, last: Snapshot | None
    ) -> Snapshot:
        """Errors: whatever generation raises"""
        began = time.monotonic()
        with undisturbed(self.model, self.options.seed):
            said = self._said()
            scores = self._scores(said, first) | self._likelihoods(said, first)
            scores |= self._from_reference(said)
        if first is not None:
            said = [replace(one, ids=()) for one in said]
        return Snapshot.of(
            step,
            said,
            first=first,
            last=last,
            scores=scores,
            settings=self.settings,
            fingerprint=self.fingerprint,
            reason=reason,
            seconds=time.monotonic() - began,
        )

    @property
    def settings(self) -> dict[str, Any]:
        """How answers are made, the configuration of generation and the template with it."""
        template = getattr(self.tokenizer, "chat_template", None)
        about = {**self.options.settings, "chat_template": bool(template)}
        if template:
            about["chat_template_digest"] = _digest(template)
        if self.options.generate is None:
            config = generation_config(self.model, self.tokenizer, self.options)
            made = config.to_diff_dict()
            about["generation_config"] = {k: v for k, v in made.items() if "version" not in k}
        return about

    @property
    def fingerprint(self) -> str:
        """Of all that answers depend on but the weights."""
        settings = {k: v for k, v in self.settings.items() if k not in _NOT_PRINTED}
        return _digest([[one.to_json() for one in self.prompts], settings])

    def _said(self) -> list[Completion]:
        if self.options.generate is not None:
            return given_completions(self.tokenizer, self.prompts, self.options)
        return completions(self.model, self.tokenizer, self.prompts, self.options, self._beat)

    def _beat(self) -> None:
        """Shows those who watch that a long snapshot goes on."""
        self.run.beat(Pulse.RUNNING)

    def _scores(
        self, said: Sequence[Completion], first: Snapshot | None
    ) -> dict[str, Sequence[float | None]]:
        """One list for each scorer; one that fails costs its own metric alone."""
        prompts, texts = [one.prompt for one in said], [one.text for one in said]
        begun = texts if first is None else [first.by_prompt[one.key][0].text for one in said]
        found: dict[str, Sequence[float | None]] = {}
        for name, scorer in self.options.scoring.items():
            with self.run.contain("PTT522", f"the scorer `{name}` failed"):
                found[name] = scored(scorer, prompts, texts, begun)
        return found

    def _from_reference(self, said: Sequence[Completion]) -> dict[str, Sequence[float | None]]:
        """How much more likely the model finds what it says than the reference does."""
        given, trainer = self.options.reference, training_of(self.run).trainer
        found: dict[str, Sequence[float | None]] = {}
        if given is None:
            return found
        with self.run.contain("PTT522", "the distance from the reference was not measured"):
            own = likelihoods(self.model, self.tokenizer, said, self.options)[LOGPROB]
            with reference_model(given, self.model, trainer) as reference:
                other = likelihoods(reference, self.tokenizer, said, self.options)[LOGPROB]
            pairs = zip(own, other, strict=True)
            found[REFERENCE_KL] = [
                None if now is None or then is None else now - then for now, then in pairs
            ]
        return found

    def _likelihoods(
        self, said: Sequence[Completion], first: Snapshot | None
    ) -> dict[str, Sequence[float | None]]:
        """Of the first answers to the same prompts, in the order of these."""
        answers = said if first is None else [first.by_prompt[one.key][0] for one in said]
        found: dict[str, Sequence[float | None]] = {}
        with self.run.contain("PTT522", "the drift from the first answers was not measured"):
            found.update(likelihoods(self.model, self.tokenizer, answers, self.options))
        return found


def _digest(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
