"""What a row of the benchmark is. A file in rows/ has a list ROWS of them."""
from dataclasses import dataclass, field
from typing import Callable

import numpy as np


@dataclass
class Peer:
    run: Callable
    scale: float = 1    # it does 1/scale of the work
    same: Callable = None   # (our result, its result) -> None, or AssertionError


@dataclass
class Case:
    """The work of one row: ours and the peers' are callables that return a result."""
    ours: Callable
    peers: dict
    same: Callable = None   # for peers without one of their own
    work: Callable = None   # operations or bytes that ours needs, once it has run


@dataclass
class Row:
    name: str
    make: Callable          # () -> Case
    limit: str = "fma"      # what bounds it: fma, loads, triad
    threads: int = 2
    clock: str = "wall"     # or cpu: what others do on the machine counts less
    seconds: float = 2.5    # to be spent on it
    quick: bool = False     # part of QUICK=1
    setups: tuple = ("installed", "best")
    goals: dict = field(default_factory=dict)   # (peer, set-up): (goal, stretch)
    why: str = ""           # what stands between a missed goal and us


def equal(a, b):
    assert np.array_equal(a, b), f"{np.sum(np.asarray(a) != np.asarray(b))} differ"


def close(tolerance):
    """Of floating results: the largest difference relative to the largest number."""
    def check(a, b):
        error = np.max(np.abs(np.asarray(a, float) - np.asarray(b, float)))
        error /= np.max(np.abs(np.asarray(b)))
        assert error <= tolerance, f"relative difference {error:.1e} > {tolerance:.0e}"
    return check


def signs(rng, *shape):
    return np.where(rng.random(shape) < 0.5, -1.0, 1.0)


def cues(rng, patterns, m, flipped):
    """m patterns in turn, with a share of the units turned over."""
    start = patterns[np.arange(m) % len(patterns)].copy()
    start[rng.random(start.shape) < flipped] *= -1
    return start
