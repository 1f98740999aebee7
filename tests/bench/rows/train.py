"""A step of training a small BERT to find hidden words, by AdamW with clipping and without
dropout, from the same weights on the same batch. The usual loop takes the vocabulary's
logits of all tokens; those of the hidden words alone have the same loss."""
import numpy as np

from bert import SMALL, encoder
from ours import Bert, Trainer
from row import Case, Row
from setups import module

VOCAB, MASK, HIDDEN_SHARE, RATE = 8192, 4, 0.15, 1e-3
HEAD = "cls.predictions."


def batch_of(rng, sequences, length):
    """Tokens with hidden words, and the words asked for (-1: none is)."""
    words = rng.integers(VOCAB, size=(sequences, length), dtype=np.int32)
    hidden = np.zeros((sequences, length), bool)
    for row in hidden:
        row[rng.choice(length, round(HIDDEN_SHARE * length), replace=False)] = True
    return np.where(hidden, MASK, words).astype(np.int32), \
        np.where(hidden, words, -1).astype(np.int32)


def torch_step(torch, bert, weights, tokens, targets, every_row):
    """A function that makes a step and returns the loss before it."""
    F = torch.nn.functional
    w = {name: torch.tensor(value).requires_grad_() for name, value in weights.items()}
    forward = encoder(torch, bert, w)
    optimizer = torch.optim.AdamW(
        [{"params": [x for x in w.values() if x.dim() > 1], "weight_decay": 0.01},
         {"params": [x for x in w.values() if x.dim() == 1], "weight_decay": 0.0}],
        lr=RATE, betas=(0.9, 0.98), eps=1e-6)
    ids, target = torch.tensor(tokens).long(), torch.tensor(targets).long().flatten()
    asked = (target >= 0).nonzero()[:, 0]

    def step():
        optimizer.zero_grad(set_to_none=True)
        x = forward(ids, False)[0].flatten(0, 1)
        x, wanted = (x, target) if every_row else (x[asked], target[asked])
        x = F.gelu(F.linear(x, w[HEAD + "transform.dense.weight"],
                            w[HEAD + "transform.dense.bias"]))
        x = F.layer_norm(x, (bert.hidden,), w[HEAD + "transform.LayerNorm.weight"],
                         w[HEAD + "transform.LayerNorm.bias"], 1e-12)
        logits = F.linear(x, w["embeddings.word_embeddings.weight"], w[HEAD + "bias"])
        loss = F.cross_entropy(logits, wanted, ignore_index=-1)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(w.values(), 1.0)
        optimizer.step()
        return loss.item()
    return step


def operations(layers, hidden, length, batch):
    """That a step needs: three times those forward, the last layer's queries and what
    follows them for the hidden words alone."""
    n, h = batch * length, hidden
    asked = batch * round(HIDDEN_SHARE * length)
    layer = 24.0 * h * h + 4 * length * h
    pair = 4.0 * h * h
    return 3 * ((layers - 1) * n * layer + n * pair + asked * (layer - pair)
                + asked * 2.0 * h * (h + VOCAB))


def same(a, b):
    """The losses before and after one step: weights, slopes and the step agree."""
    error = np.max(np.abs(np.subtract(a, b)))
    assert error < 1e-4, f"losses {a} and {b}"


def make():
    layers, heads, hidden, length, batch = (
        SMALL[key] for key in ("layers", "heads", "hidden", "length", "batch"))
    bert = Bert(layers, heads, hidden, VOCAB, length, 1, 2)
    tokens, targets = batch_of(np.random.default_rng(11), batch, length)
    weights = {name: value[0] if len(value) == 1 and "type" not in name else value
               for name, value in bert.tensors().items()}
    steps = {"ours": Trainer(bert, tokens, targets, RATE).step}
    if torch := module("torch"):
        for name, every_row in (("torch, hidden words", False), ("torch, all tokens", True)):
            steps[name] = torch_step(torch, bert, weights, tokens, targets, every_row)
    first = {name: step() for name, step in steps.items()}

    def run(name):
        return lambda: (first[name], steps[name]())
    return Case(ours=run("ours"), peers={name: run(name) for name in steps if name != "ours"},
                same=same, work=lambda: operations(layers, hidden, length, batch))


ROWS = [
    Row("training step", make, seconds=6,
        why="three quarters of the time are what its products take at the rate of OpenBLAS's "
            "sgemm",
        goals={("torch, hidden words", "best"): (1.35, 1.45),
               ("torch, all tokens", "best"): (2.1, 2.3),
               ("torch, all tokens", "installed"): (4.5, 5.0)}),
]
