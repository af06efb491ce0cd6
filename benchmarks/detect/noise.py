"""Noise of logs: independent or autocorrelated, with light or heavy tails; and curves under it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]

COLOURS = (("normal", 0.0), ("heavy", 0.0), ("normal", 0.5), ("normal", 0.9), ("heavy", 0.5))
"""Tails and autocorrelation (lag 1) of the noise that runs have, drawn alike."""


@dataclass
class Noise:
    """A source of noise of unit scale. Heavy tails are those of Student's t with 3 degrees."""

    source: np.random.Generator
    tails: str
    rho: float

    def __call__(self, rows: int) -> Series:
        """Shape: (rows,). The scale is 1 whatever the autocorrelation is."""
        drawn = self.source.standard_normal(rows)
        if self.tails == "heavy":
            drawn = self.source.standard_t(3, rows) / np.sqrt(3)
        if self.rho:
            for row in range(1, rows):
                drawn[row] = self.rho * drawn[row - 1] + np.sqrt(1 - self.rho**2) * drawn[row]
        return drawn

    def around(self, level: Series | float, share: float, rows: int) -> Series:
        """A positive series that scatters around its level by a share of it (log-normal)."""
        return np.asarray(level * np.exp(np.clip(share * self(rows), -3, 3)))

    def uniform(self, low: float, high: float) -> float:
        return float(self.source.uniform(low, high))

    def log_uniform(self, low: float, high: float) -> float:
        return float(np.exp(self.source.uniform(np.log(low), np.log(high))))

    def chance(self, share: float) -> bool:
        return bool(self.source.random() < share)


def falling(rows: int, start: float, end: float, speed: float) -> Series:
    """From start towards end, exponentially; 1/e is left after a part `speed` of the run."""
    at = np.arange(rows) / rows
    return np.asarray(end + (start - end) * np.exp(-at / speed))


def rising(rows: int, start: float, end: float, middle: float, width: float) -> Series:
    """From start to end along a logistic curve, whose middle and width are parts of the run."""
    at = np.arange(rows) / rows
    curve = 1 / (1 + np.exp(-(at - middle) / width))
    curve = (curve - curve[0]) / max(curve[-1] - curve[0], 1e-9)
    return np.asarray(start + (end - start) * curve)


def schedule(rows: int, peak: float, warmup: float, shape: str) -> Series:
    """Learning rates: a linear warm-up over a part of the run, then linear, cosine or constant."""
    at = (np.arange(rows) + 1) / rows
    left = np.clip((1 - at) / (1 - warmup), 0, 1)
    after = {"linear": left, "cosine": 0.5 * (1 + np.cos(np.pi * (1 - left)))}.get(
        shape, np.ones(rows)
    )
    up = np.minimum(at / warmup, 1) if warmup else np.ones(rows)
    return np.asarray(
        peak * np.minimum(up, after if warmup == 0 else np.where(at < warmup, 1, after))
    )
