"""Growth of time and memory: each kernel against each of its sizes over two decades."""
import time

import numpy as np

from measure import clock, no_faster, repeats_for, slope
from ours import Rule, Softmax, call
from row import cues, signs


def sync_step(d, N, M):
    """In place: it takes the same time from any state, and a third of it would be numpy's copy
    where the states are too many for the caches."""
    rng = np.random.default_rng(1)
    patterns = signs(rng, N, d)
    rule = Rule("classical", patterns, 1, update="sync", steps=1, energy="never")
    states = cues(rng, patterns, M, 0.1)
    return lambda: rule.run_in_place(states)


def async_sweep(d, N, M):
    rng = np.random.default_rng(1)
    patterns = signs(rng, N, d)
    rule = Rule("classical", patterns, 1, order="fixed", steps=1, energy="never")
    start = cues(rng, patterns, M, 0.1)
    return lambda: rule.run(start)


def dense_step(d, N, M):
    rng = np.random.default_rng(1)
    patterns = signs(rng, N, d)
    rule = Rule("dense", patterns, 1, steps=1, energy="never")
    start = cues(rng, patterns, M, 0.1)
    return lambda: rule.run(start)


def softmax(d, N, M):
    X = np.random.default_rng(1).standard_normal((N, d))
    Q = X[np.arange(M) % N].copy()
    memory = Softmax(X, X, 1)
    return lambda: memory.run(Q, d ** -0.5)


def sparsemax(d, N, M):
    X = np.random.default_rng(1).standard_normal((N, d))
    Q = X[np.arange(M) % N].copy()
    rule = Rule("modern", X, 1, separation="sparsemax", beta=d ** -0.5, steps=1,
                precision="single", energy="never")
    return lambda: rule.run(Q)


def favor(d, N, M):
    """M: directions; N: tokens."""
    rng = np.random.default_rng(1)
    Q, K, V = rng.standard_normal((3, N, d))
    W, out = rng.standard_normal((M, d)), np.empty((N, d))
    return lambda: call("favor", W, M, Q, K, V, N, d, d ** -0.25, 1e-4, out, 1)


def spread(d, N, M):
    """N weights in each of M rows."""
    p = np.random.default_rng(1).random((M, N), np.float32)
    p /= p.sum(1, keepdims=True)
    k = np.empty(M, np.int32)
    return lambda: call("spread", p, M, N, k, 1)


NAMES = {favor: "FAVOR+ (N tokens, M directions)", spread: "k90 (M rows of N weights)"}


def span(low, high, points=5):
    return [int(round(x)) for x in np.geomspace(low, high, points)]


# work, sizes that stay, size that grows, its values
CURVES = [
    (sync_step, dict(N=200, M=64), "d", span(300, 30000)),
    (sync_step, dict(d=2000, M=64), "N", span(30, 3000)),
    (sync_step, dict(d=2000, N=200), "M", span(64, 6400)),
    (async_sweep, dict(N=200, M=64), "d", span(300, 30000)),
    (async_sweep, dict(d=2000, M=64), "N", span(30, 3000)),
    (async_sweep, dict(d=1000, N=100), "M", span(64, 6400)),
    (dense_step, dict(N=400, M=16), "d", span(100, 10000)),
    (dense_step, dict(d=256, M=16), "N", span(300, 30000)),
    (dense_step, dict(d=256, N=400), "M", span(16, 1600)),
    (softmax, dict(N=1000, M=64), "d", span(24, 2400)),
    (softmax, dict(d=64, M=64), "N", span(600, 60000)),
    (softmax, dict(d=64, N=1000), "M", span(48, 4800)),
    (sparsemax, dict(N=1000, M=64), "d", span(24, 2400)),
    (sparsemax, dict(d=64, M=64), "N", span(600, 60000)),
    (sparsemax, dict(d=64, N=1000), "M", span(48, 4800)),
    (favor, dict(N=1000, M=256), "d", span(8, 800)),
    (favor, dict(d=64, M=256), "N", span(600, 60000)),
    (favor, dict(d=64, N=1000), "M", span(24, 2400)),
    (spread, dict(d=0, M=200), "N", span(300, 30000)),
    (spread, dict(d=0, N=512), "M", span(300, 30000)),
]


def measure_curve(make, fixed, axis, values, rounds):
    """Process seconds of one call, the least of some rounds (what others do to the caches only
    adds to it), and bytes that making and running it adds. A round takes all values in turn:
    a second in which others work then costs no value all its rounds."""
    runs, memory = [], []
    for value in values:
        before = call("memory_mark")
        run = make(**fixed, **{axis: value})
        first, _, _ = clock(run, 1)
        memory.append(max(call("memory_peak") - before, 4096))
        runs.append((run, repeats_for(first)))
    seconds = [[clock(run, repeats)[1] for run, repeats in runs] for _ in range(rounds)]
    return [min(of_value) for of_value in zip(*seconds)], memory


def measure_growth(quick, say):
    call("blas_threads", 1)     # others would wait in loops, which counts as processor time
    rows = []
    for make, fixed, axis, values in CURVES:
        if quick and axis != "N":
            continue
        start = time.perf_counter()
        seconds, memory = measure_curve(make, fixed, axis, values, 3 if quick else 7)
        b, low, high = slope(values, seconds)
        memory_b, memory_low, memory_high = slope(values, memory)
        name = NAMES.get(make, make.__name__.replace("_", " "))
        rows.append({"work": name, "axis": axis, "from": values[0], "to": values[-1],
                     "fixed": " ".join(f"{k}={v}" for k, v in fixed.items() if v),
                     "slope": b, "low": low, "high": high, "memory_slope": memory_b,
                     "memory_low": memory_low, "memory_high": memory_high,
                     "holds": no_faster(values, seconds) and no_faster(values, memory),
                     "values": values, "seconds": seconds, "memory": memory})
        say(f"growth {name} {axis} {values[0]} to {values[-1]}: time ^{b:.2f}, "
            f"memory ^{memory_b:.2f} ({time.perf_counter() - start:.1f} s)")
    return rows
