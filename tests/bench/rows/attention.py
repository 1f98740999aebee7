"""Exact attention of a sequence to itself, one head; keys are used once, so to pack them
counts."""
from functools import partial

import numpy as np

from ours import Softmax
from row import Case, Row, close
from setups import module


def make(length, d):
    rng = np.random.default_rng(5)
    Q, K, V = rng.standard_normal((3, length, d))
    beta = 1 / np.sqrt(d)
    peers = {}
    if torch := module("torch"):
        q, k, v = (torch.tensor(a).float() for a in (Q, K, V))
        peers = {"torch": lambda: (torch.softmax(beta * (q @ k.T), 1) @ v).numpy()}
    return Case(ours=lambda: Softmax(K, V, 2).run(Q, beta), peers=peers, same=close(1e-4),
                work=lambda: 4.0 * length * length * d)


ROWS = [
    Row("attention L=1024 d=64", partial(make, 1024, 64), quick=True),
    Row("attention L=4096 d=64", partial(make, 4096, 64)),
]
