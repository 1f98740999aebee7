"""Classical Hopfield network, synchronous, 256 cues, to the fixed point or 2-cycle."""
from functools import partial

import numpy as np

from ours import Rule
from row import Case, Row, cues, equal, signs


def relax(states, step):
    """What a careful user writes: finished states leave, cycles of two are seen."""
    end, live, now, older = states.copy(), np.arange(len(states)), states, None
    while len(live) > 0:
        new = step(now)
        done = (new == now).all(1)
        if older is not None:
            done |= (new == older).all(1)
        end[live[done]] = new[done]
        older, now, live = now[~done], new[~done], live[~done]
    return end


def decide(fields, states):
    return np.where(fields > 0, 1, np.where(fields < 0, -1, states)).astype(states.dtype)


def make(d, n):
    rng = np.random.default_rng(1)
    patterns = signs(rng, n, d)
    start = cues(rng, patterns, 256, 0.1)
    X, S = patterns.astype(np.float32), start.astype(np.float32)
    W = X.T @ X
    np.fill_diagonal(W, 0)
    fields = dict(update="sync", energy="never")
    rule = Rule("classical", patterns, 2, **fields)
    plain = Rule("classical", patterns, 2, engine="reference", **fields)
    XT = np.ascontiguousarray(X.T)
    return Case(
        ours=lambda: rule.run(start),
        peers={"numpy W S": lambda: relax(S, lambda s: decide(s @ W, s)),
               "numpy low rank": lambda: relax(
                   S, lambda s: decide((s @ XT) @ X - n * s, s)),
               "engine: reference": lambda: plain.run(start)},
        same=equal,
        # Sums of six patterns are looked up as pairs of bytes; most overlaps follow changes.
        work=lambda: rule.steps * n * d / 6 * 2)


GOALS = {("numpy W S", "best"): (20, 35), ("numpy low rank", "best"): (10, 15)}
WHY = ("look-ups and their tables are half of the time, four fifths of it for fields; deciding by "
       "them, remembering overlaps and converting states are a twelfth each")
ROWS = [
    Row("sync d=1000 N=140", partial(make, 1000, 140), "loads", quick=True),
    Row("sync d=2000 N=200", partial(make, 2000, 200), "loads", goals=GOALS, why=WHY),
    Row("sync d=2000 N=280", partial(make, 2000, 280), "loads", goals=GOALS, why=WHY, seconds=4),
    Row("sync d=4000 N=400", partial(make, 4000, 400), "loads", goals=GOALS, why=WHY, seconds=4),
]
