"""Memory of one rank: that of its device, or of its process where it computes on the CPU."""

from __future__ import annotations

from pathlib import Path

import torch

from ptt_runtime.rank_metrics.quantities import Quantity

_STATUS = Path("/proc/self/status")
_MACHINE = Path("/proc/meminfo")
_LIMITED = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")


def memory_of(device: torch.device) -> dict[Quantity, float]:
    """What is in use and what is left.

    Unit: bytes
    Null: without `memory_reserved` on the CPU, without anything where no system says
    """
    if device.type == "cuda":
        return _of_cuda(device)
    return _of_process()


def _of_cuda(device: torch.device) -> dict[Quantity, float]:
    """Cost: reads counters of the allocator; asks the driver once, and waits for no kernel"""
    allocated = torch.cuda.memory_allocated(device)
    reserved = torch.cuda.memory_reserved(device)
    free, _ = torch.cuda.mem_get_info(device)
    return {
        Quantity.MEMORY: allocated,
        Quantity.MEMORY_RESERVED: reserved,
        Quantity.MEMORY_PEAK: torch.cuda.max_memory_allocated(device),
        Quantity.MEMORY_FREE: free + reserved - allocated,
    }


def _of_process() -> dict[Quantity, float]:
    """Resident memory and its peak, and what the machine or its control group has left."""
    found = {}
    status = _kibibytes(_STATUS)
    if "VmRSS" in status:
        found[Quantity.MEMORY] = status["VmRSS"]
    if "VmHWM" in status:
        found[Quantity.MEMORY_PEAK] = status["VmHWM"]
    free = [_kibibytes(_MACHINE).get("MemAvailable"), _left_of_limit()]
    known = [one for one in free if one is not None]
    if known:
        found[Quantity.MEMORY_FREE] = min(known)
    return found


def _kibibytes(path: Path) -> dict[str, float]:
    """Lines such as `VmRSS: 1024 kB` in bytes."""
    found = {}
    for line in _text(path).splitlines():
        name, _, value = line.partition(":")
        words = value.split()
        if len(words) == 2 and words[1] == "kB":
            found[name] = 1024.0 * int(words[0])
    return found


def _left_of_limit() -> float | None:
    limit, used = (_text(path).strip() for path in _LIMITED)
    if not limit.isdigit() or not used.isdigit():
        return None
    return max(0.0, float(limit) - float(used))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""  # another system than Linux, or no control group
