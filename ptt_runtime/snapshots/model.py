"""The model that generates, found in what a trainer hands over."""

from __future__ import annotations

from typing import Any

from accelerate.utils import extract_model_from_parallel
from torch.distributed.fsdp import FullyShardedDataParallel
from torch.distributed.tensor import DTensor

from ptt_rules import PttError


def generator_of(model: Any) -> Any:
    """The model without wrappers of processes; of PPO's pair of policy and value, the policy.

    Adapters stay: a model of PEFT generates with them.

    Errors: PTT520 for a model that cannot generate, or whose weights are spread over processes
    """
    if model is None:
        raise _refusal("the trainer hands over no model", "take `snapshots` out of the callback")
    sharded = sharded_by(model)
    if sharded:
        raise _refusal(
            f"the weights are spread over processes by {sharded}",
            "take snapshots where each process has the whole model: DDP, or ZeRO of stage 1 or 2",
        )
    whole = extract_model_from_parallel(model)
    policy = whole if callable(getattr(whole, "generate", None)) else getattr(whole, "policy", None)
    can = getattr(policy, "can_generate", None)
    if policy is None or (can is not None and not can()):
        name = type(whole).__name__
        raise _refusal(f"a {name} gives no text", "take `snapshots` out of the callback")
    return policy


def sharded_by(model: Any) -> str | None:
    """What splits a model's weights over processes; None where each has all of them."""
    if any(isinstance(module, FullyShardedDataParallel) for module in model.modules()):
        return "FSDP"
    for parameter in model.parameters():
        if isinstance(parameter, DTensor):
            return "FSDP or tensor parallelism"
        if getattr(parameter, "ds_id", None) is not None:
            return "ZeRO stage 3 of DeepSpeed"
    return None


def tokenizer_of(processor: Any) -> Any:
    """The tokenizer, also of a processor of several kinds of input.

    Errors: PTT520 where there is none
    """
    tokenizer = getattr(processor, "tokenizer", processor)
    if not callable(getattr(tokenizer, "decode", None)):
        raise _refusal(
            "the trainer hands over no tokenizer", "give the trainer a `processing_class`"
        )
    return tokenizer


def _refusal(why: str, hint: str) -> PttError:
    return PttError.of("PTT520", f"snapshots cannot be taken: {why}", hint=hint)
