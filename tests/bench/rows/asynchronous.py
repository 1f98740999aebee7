"""Classical Hopfield network, one unit after the other in one order, until none flips."""
from functools import partial

import numpy as np

from ours import Rule
from row import Case, Peer, Row, cues, equal, signs

PROBES = 64
ALONE = 1   # probes of the loop over single units, which takes long


def all_at_once(W, start):
    """64 probes as columns: one product for each unit."""
    S, flips = np.ascontiguousarray(start.T), True
    while flips:
        flips = False
        for i in range(len(W)):
            h = W[i] @ S
            new = np.where(h > 0, 1, np.where(h < 0, -1, S[i]))
            if (new != S[i]).any():
                S[i] = new
                flips = True
    return S.T


def one_by_one(W, start):
    end = start.copy()
    for s in end:
        flips = True
        while flips:
            flips = False
            for i in range(len(W)):
                h = W[i] @ s
                new = 1 if h > 0 else -1 if h < 0 else s[i]
                if new != s[i]:
                    s[i] = new
                    flips = True
    return end


def make(d, n):
    rng = np.random.default_rng(2)
    patterns = signs(rng, n, d)
    start = cues(rng, patterns, PROBES, 0.1)
    X, S = patterns.astype(np.float32), start.astype(np.float32)
    W = X.T @ X
    np.fill_diagonal(W, 0)
    fields = dict(update="async", order="fixed", energy="never")
    rule = Rule("classical", patterns, 1, **fields)
    plain = Rule("classical", patterns, 1, engine="reference", **fields)
    return Case(
        ours=lambda: rule.run(start),
        peers={"numpy 64 at once": Peer(lambda: all_at_once(W, S)),
               "python per neuron": Peer(
                   lambda: one_by_one(W, S[:ALONE]), PROBES / ALONE,
                   lambda a, b: equal(a[:ALONE], b)),
               "engine: reference": Peer(lambda: plain.run(start))},
        same=equal)


GOALS = {("numpy 64 at once", "best"): (20, 40), ("python per neuron", "best"): (220, 700)}
ROWS = [
    Row("async d=1000 N=100", partial(make, 1000, 100), "", 1, "cpu", quick=True, goals=GOALS),
    Row("async d=2000 N=200", partial(make, 2000, 200), "", 1, "cpu", goals=GOALS),
    Row("async d=4000 N=400", partial(make, 4000, 400), "", 1, "cpu", goals=GOALS, seconds=4),
]
