"""Encoders with random weights, the same on both sides; hidden states and k(0.90) of all
attention rows, and the hidden states alone."""
from functools import partial

import numpy as np

import onnx_runtime
from ours import Bert
from row import Case, Row, close
from setups import module


def encoder(torch, bert, w):
    """BERT's forward pass on tokens (sequences x length), as its program writes it."""
    F = torch.nn.functional
    heads, hidden = bert.heads, bert.hidden

    def norm(x, name):
        return F.layer_norm(x, (hidden,), w[name + ".weight"], w[name + ".bias"], 1e-12)

    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w[name + ".bias"])

    def spread_of(p):
        return (p.sort(-1, descending=True).values.cumsum(-1) < 0.90).sum(-1) + 1

    def run(tokens, spread):
        at, k = "embeddings.", []
        x = w[at + "word_embeddings.weight"][tokens] + \
            w[at + "position_embeddings.weight"] + w[at + "token_type_embeddings.weight"]
        x = norm(x, at + "LayerNorm")
        for i in range(bert.layers):
            at = f"encoder.layer.{i}."
            q, y, v = (linear(x, at + "attention.self." + part)
                       .view(*tokens.shape, heads, -1).transpose(1, 2)
                       for part in ("query", "key", "value"))
            p = torch.softmax(q @ y.transpose(-1, -2) / q.shape[-1] ** 0.5, -1)
            if spread:
                k.append(spread_of(p))
            z = (p @ v).transpose(1, 2).flatten(2)
            x = norm(x + linear(z, at + "attention.output.dense"),
                     at + "attention.output.LayerNorm")
            z = linear(F.gelu(linear(x, at + "intermediate.dense")), at + "output.dense")
            x = norm(x + z, at + "output.LayerNorm")
        return x, torch.stack(k, 1) if spread else None
    return run


def same(a, b):
    close(2e-3)(a[0], b[0])
    if a[1] is not None:
        apart = np.abs(a[1] - b[1].numpy())
        assert (apart > 1).mean() < 1e-3, f"{(apart > 1).mean():.1e} of the k differ"


def make(layers, heads, hidden, length, batch, spread):
    vocab = 8192
    bert = Bert(layers, heads, hidden, vocab, length, batch, 2)
    rng = np.random.default_rng(10)
    tokens = rng.integers(vocab, size=(batch, length), dtype=np.int32)
    peers = {}
    if torch := module("torch"):
        weights = {name: torch.tensor(value[0] if len(value) == 1 else value)
                   for name, value in bert.tensors().items()}
        forward, ids = encoder(torch, bert, weights), torch.tensor(tokens).long()
        peers = {"torch": lambda: forward(ids, spread)}
        if onnx_runtime.available() and not spread:
            peers["ONNX Runtime"] = onnx_runtime.peer(
                torch, lambda ids: forward(ids, False)[0], ids,
                lambda a, b: close(2e-3)(a[0], b))
    return Case(
        ours=lambda: bert.run(tokens, spread), peers=peers, same=same,
        work=lambda: batch * length * layers * hidden * (24.0 * hidden + 4 * length))


SMALL = dict(layers=4, heads=4, hidden=256, length=128, batch=16)
BASE = dict(layers=12, heads=12, hidden=768, length=512, batch=2)
WHY = ("90 % of its time are products, at 82 % of the peak of multiply-adds (OpenBLAS's reach 92 % "
       "at 1536 x 1536), 4 % packing of factors, 4 % softmax and GELU; as a whole PyTorch runs at "
       "63 %, ONNX Runtime at 70 %, basin at 74 % of that peak")
ROWS = [
    Row("small encoder", partial(make, **SMALL, spread=False), quick=True),
    Row("small encoder, k90", partial(make, **SMALL, spread=True)),
    Row("BERT-base 2 x 512", partial(make, **BASE, spread=False), seconds=4, why=WHY,
        setups=("installed", "omp", "best"),
        goals={("torch", "best"): (1.1, 1.25), ("torch", "omp"): (1.35, 1.55),
               ("ONNX Runtime", "best"): (1.3, 1.5)}),
    Row("BERT-base 2 x 512, k90", partial(make, **BASE, spread=True), seconds=4),
]
