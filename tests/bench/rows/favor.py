"""FAVOR+ attention, 256 orthogonal directions, one head of 64 dimensions.

The stabiliser eps is added, but is 0: performer-pytorch leaves |q|^2/2 out of its shift, so
that eps = 1e-4, its default, weighs more there than here and the results would differ."""
from functools import partial

import numpy as np

from ours import call
from row import Case, Row, close
from setups import module

D, R, EPS = 64, 256, 0.0
SCALE = D ** -0.25


def directions(rng):
    """Orthogonal in blocks, with the norms of Gaussian vectors."""
    blocks = [np.linalg.qr(rng.standard_normal((D, D)))[0].T for _ in range(R // D)]
    norms = np.linalg.norm(rng.standard_normal((R, D)), axis=1)
    return np.ascontiguousarray(np.concatenate(blocks) * norms[:, None])


def as_performer_pytorch(torch, q, k, v, W):
    """The steps of that program's FastAttention (softmax kernel)."""
    def features(data, is_query):
        ratio = W.shape[0] ** -0.5
        dash = torch.einsum("...id,...jd->...ij", SCALE * data, W)
        diagonal = ((data ** 2).sum(-1) / 2 * SCALE ** 2).unsqueeze(-1)
        top = (dash.amax(-1, keepdim=True) if is_query
               else dash.amax((-1, -2), keepdim=True))
        return ratio * (torch.exp(dash - diagonal - top.detach()) + EPS)

    phi_q, phi_k = features(q, True), features(k, False)
    D_inverse = 1 / torch.einsum("...nd,...d->...n", phi_q, phi_k.sum(-2))
    context = torch.einsum("...nd,...ne->...de", phi_k, v)
    return torch.einsum("...de,...nd,...n->...ne", context, phi_q, D_inverse)


def tuned(torch, q, k, v, W):
    """The same in place, with the scale in the directions and sums as one more column."""
    WT = SCALE * W.T

    def features(data, is_query):
        dash = data @ WT
        half = (data * data).sum(-1, keepdim=True).mul_(SCALE ** 2 / 2)
        top = dash.amax(-1, keepdim=True) if is_query else dash.amax()
        return dash.sub_(half.add_(top)).exp_().add_(EPS)

    phi_k = features(k, False)
    context, total = phi_k.T @ v, phi_k.sum(0)
    phi_q = features(q, True)
    return (phi_q @ context).div_((phi_q @ total)[:, None])


def make(length):
    rng = np.random.default_rng(7)
    Q, K, V = rng.standard_normal((3, length, D))
    W = directions(rng)

    def ours():
        out = np.empty((length, D))
        call("favor", W, R, Q, K, V, length, D, SCALE, EPS, out, 2)
        return out

    peers = {}
    if torch := module("torch"):
        q, k, v, w = (torch.tensor(a).float() for a in (Q, K, V, W))
        q4, k4, v4 = (a[None, None] for a in (q, k, v))
        peers = {"performer-pytorch": lambda: as_performer_pytorch(
                     torch, q4, k4, v4, w).numpy()[0, 0],
                 "torch tuned": lambda: tuned(torch, q, k, v, w).numpy()}
    return Case(ours=ours, peers=peers, same=close(1e-4),
                work=lambda: 8.0 * length * R * D)


WHY = ("70 % of its processor time are products at 95 % of the peak of multiply-adds; 10 % are "
       "exponentials, 12 % packing, unpacking and converting doubles, 6 % norms and sums of keys")
ALL = ("installed", "omp", "best")
GOALS = {("performer-pytorch", "best"): (2.8, 3.4), ("torch tuned", "best"): (2.4, 2.9),
         ("performer-pytorch", "omp"): (4.5, None), ("torch tuned", "omp"): (2.3, None)}
ROWS = [
    Row("FAVOR+ L=1024", partial(make, 1024), quick=True),
    Row("FAVOR+ L=4096", partial(make, 4096)),
    Row("FAVOR+ L=16384", partial(make, 16384), setups=ALL, goals=GOALS, why=WHY,
        seconds=4),
]
