"""Gaussian patterns, one thread; different streams, so the moments are compared."""
from functools import partial

import numpy as np

from ours import call
from row import Case, Row
from setups import module


def alike(a, b):
    """Mean, variance and fourth moment within six standard errors of the normal's."""
    for x in (a, b):
        n = len(x)
        for power, moment, variance in ((1, 0, 1), (2, 1, 2), (4, 3, 96)):
            got = np.mean(np.asarray(x, float) ** power)
            assert abs(got - moment) < 6 * np.sqrt(variance / n), f"moment {power}: {got}"


def make(n):
    x, y, z = np.empty(n), np.empty(n), np.empty(n, np.float32)
    rng = np.random.default_rng(9)

    def ours():
        call("gaussians", 1, x, n)
        return x

    def ziggurat():
        call("gsl_ziggurat", 1, y, n)
        return y

    peers = {"gsl ziggurat": ziggurat,
             "numpy float32": lambda: rng.standard_normal(n, np.float32, out=z)}
    if torch := module("torch"):
        out = torch.empty(n)
        peers["torch"] = lambda: torch.randn(n, out=out).numpy()
    return Case(ours=ours, peers=peers, same=alike)


WHY = ("of 4.0 ns a number, 1.9 are Philox's ten rounds for 53 random bits each and 2.1 "
       "logarithm, root, sine and cosine in double, four to a vector and never fused, so that "
       "the bits are the same on every machine; numpy's and PyTorch's are in single: half the "
       "bits, eight to a vector")
ROWS = [Row("Gaussians, 10^6", partial(make, 10**6), "", 1, "cpu", quick=True, why=WHY,
            goals={("gsl ziggurat", "best"): (5, 8), ("numpy float32", "best"): (5, 8),
                   ("torch", "best"): (3, 5)})]
