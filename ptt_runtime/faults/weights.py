"""Faults of weights: what a corrupt batch, kernel or checkpoint leaves in a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from ptt_runtime.faults.striking import Fault


class _WeightFault(Fault):
    """A fault of one model: the trainer's own, or `module` (a reward or value model).

    Of a policy that is wrapped together with its value model, as PPOTrainer does, the policy.
    """

    def __init__(self, *, after_step: int, module: torch.nn.Module | None = None) -> None:
        super().__init__(after_step=after_step)
        self._module = module

    def _model(self, parts: dict[str, Any]) -> torch.nn.Module:
        own = parts["model"] if self._module is None else self._module
        model = getattr(own, "policy", own)
        assert isinstance(model, torch.nn.Module)
        return model


class PoisonedWeight(_WeightFault):
    """One weight becomes NaN, or another `value`.

    It is one of a normalisation, which every token passes; an embedding's would spoil only
    the batches that have its token.
    """

    def __init__(
        self,
        *,
        after_step: int,
        value: float = float("nan"),
        module: torch.nn.Module | None = None,
    ) -> None:
        super().__init__(after_step=after_step, module=module)
        self._value = value

    def strike(self, parts: dict[str, Any]) -> None:
        weights = next(each for each in self._model(parts).parameters() if each.dim() == 1)
        with torch.no_grad():
            weights[0] = self._value


class NoisyWeights(_WeightFault):
    """Every weight gets normal noise, `share` of the spread of its own tensor."""

    def __init__(
        self,
        *,
        after_step: int,
        share: float = 1.0,
        seed: int = 0,
        module: torch.nn.Module | None = None,
    ) -> None:
        super().__init__(after_step=after_step, module=module)
        self._share, self._seed = share, seed

    def strike(self, parts: dict[str, Any]) -> None:
        source = torch.Generator().manual_seed(self._seed)
        with torch.no_grad():
            for weights in self._model(parts).parameters():
                noise = torch.randn(weights.shape, generator=source).to(weights)
                spread = weights.std() if weights.numel() > 1 else weights.abs()
                weights.add_(self._share * spread * noise)


class ScaledWeights(_WeightFault):
    """The weights whose names contain `name` are multiplied.

    On `lm_head`, a factor far above 1 collapses the entropy of the policy, one near 0 makes it
    uniform; on the `score` of a reward model it changes the scale of rewards.

    Errors: ValueError when it strikes, if no weight has such a name
    """

    def __init__(
        self,
        *,
        after_step: int,
        factor: float,
        name: str = "lm_head",
        module: torch.nn.Module | None = None,
    ) -> None:
        super().__init__(after_step=after_step, module=module)
        self._factor, self._name = factor, name

    def strike(self, parts: dict[str, Any]) -> None:
        with torch.no_grad():
            for weights in self._named(self._model(parts)):
                weights *= self._factor

    def _named(self, model: torch.nn.Module) -> Iterator[torch.Tensor]:
        found = [weights for name, weights in model.named_parameters() if self._name in name]
        if not found:
            names = ", ".join(name for name, _ in list(model.named_parameters())[-3:])
            raise ValueError(f"no weight's name contains `{self._name}`; the last are {names}")
        yield from found


class ResetWeights(_WeightFault):
    """All weights are again what they were before the first step, as after loading a wrong file."""

    _at_start: dict[str, torch.Tensor]

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        weights = self._model(kwargs).named_parameters()
        self._at_start = {name: each.detach().clone() for name, each in weights}

    def strike(self, parts: dict[str, Any]) -> None:
        with torch.no_grad():
            for name, weights in self._model(parts).named_parameters():
                weights.copy_(self._at_start[name])


class BiasedToken(_WeightFault):
    """The logit of one token is raised by `by` from then on, or lowered.

    The end token, raised, makes every completion empty; lowered, it makes none end. Any other
    token, raised, is said over and over.
    """

    def __init__(
        self,
        *,
        after_step: int,
        token: int,
        by: float,
        module: torch.nn.Module | None = None,
    ) -> None:
        super().__init__(after_step=after_step, module=module)
        self._token, self._by = token, by

    def strike(self, parts: dict[str, Any]) -> None:
        model: Any = self._model(parts)
        head = model.get_output_embeddings()
        if head.bias is None:
            # a bias, not a hook: newer trainers multiply with the head's weights themselves
            bias = torch.zeros(len(head.weight)).to(head.weight)
            head.bias = torch.nn.Parameter(bias, requires_grad=False)
        with torch.no_grad():
            head.bias[self._token] += self._by
