#!/usr/bin/env python3
"""Known answers for the encoder: small random models, and what PyTorch makes of them.

    tests/peers/bert_known_answers.py [FOLDER]        (default: tests/data/bert)

Writes one Hugging Face folder per model (config.json, model.safetensors) and, beside it,
answers.safetensors with a batch (start, id, type) and the expected logits, or the last
hidden states where the model has no masked-word head. The answers are computed in double
precision, on a padded batch with a mask, while basin packs its batches: both must agree.
Needs Debian's python3-torch; the tests do not."""
import json
import math
import os
import struct
import sys

import torch
from torch.nn import functional as F

ACTIVATIONS = {
    "gelu": F.gelu,
    "gelu_new": lambda x: F.gelu(x, approximate="tanh"),
    "relu": F.relu,
}
DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}

MODELS = {
    "tied": dict(layers=2, heads=2, hidden=16, inner=32, vocab=40, act="gelu",
                 dtype="F32", tied=True, head=True, prefix="bert.", old=False),
    "untied": dict(layers=1, heads=3, hidden=24, inner=40, vocab=37, act="gelu_new",
                   dtype="F16", tied=False, head=True, prefix="bert.", old=False),
    "bare": dict(layers=2, heads=4, hidden=32, inner=48, vocab=30, act="gelu",
                 dtype="BF16", tied=True, head=False, prefix="", old=True),
    "odd": dict(layers=3, heads=5, hidden=20, inner=17, vocab=33, act="relu",
                dtype="F32", tied=True, head=True, prefix="", old=True),
}
POSITIONS, TYPES, LENGTHS = 16, 2, [7, 16, 1, 11]


def draw_weights(m, generator):
    """Tensors by Hugging Face's names; wide enough that attention is far from uniform."""
    h, weights = m["hidden"], {}

    def draw(name, *shape, mean=0.0, deviation=0.3):
        value = torch.randn(*shape, generator=generator) * deviation + mean
        weights[name] = value.to(DTYPES[m["dtype"]])

    def norm(name):
        draw(name + (".gamma" if m["old"] else ".weight"), h, mean=1, deviation=0.2)
        draw(name + (".beta" if m["old"] else ".bias"), h, deviation=0.2)

    def linear(name, outputs, inputs):
        draw(name + ".weight", outputs, inputs)
        draw(name + ".bias", outputs)

    at = m["prefix"] + "embeddings."
    draw(at + "word_embeddings.weight", m["vocab"], h)
    draw(at + "position_embeddings.weight", POSITIONS, h)
    draw(at + "token_type_embeddings.weight", TYPES, h)
    norm(at + "LayerNorm")
    for i in range(m["layers"]):
        at = f"{m['prefix']}encoder.layer.{i}."
        for part in ("query", "key", "value"):
            linear(at + "attention.self." + part, h, h)
        linear(at + "attention.output.dense", h, h)
        norm(at + "attention.output.LayerNorm")
        linear(at + "intermediate.dense", m["inner"], h)
        linear(at + "output.dense", h, m["inner"])
        norm(at + "output.LayerNorm")
    if m["head"]:
        linear("cls.predictions.transform.dense", h, h)
        norm("cls.predictions.transform.LayerNorm")
        draw("cls.predictions.bias", m["vocab"])
        if not m["tied"]:
            draw("cls.predictions.decoder.weight", m["vocab"], h)
    return weights


def forward(m, weights, ids, types, mask):
    """ids, types, mask: sequences x positions. Logits, or hidden states without a head."""
    weights = {name: value.double() for name, value in weights.items()}
    gain, bias = (".gamma", ".beta") if m["old"] else (".weight", ".bias")
    act = ACTIVATIONS[m["act"]]

    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], weights[name + gain], weights[name + bias],
                            eps=1e-12)

    def linear(x, name):
        return F.linear(x, weights[name + ".weight"], weights[name + ".bias"])

    at = m["prefix"] + "embeddings."
    words = weights[at + "word_embeddings.weight"]
    x = words[ids] + weights[at + "token_type_embeddings.weight"][types]
    x = x + weights[at + "position_embeddings.weight"][: ids.shape[1]]
    x = norm(x, at + "LayerNorm")
    for i in range(m["layers"]):
        at = f"{m['prefix']}encoder.layer.{i}."

        def split(y):
            return y.view(*y.shape[:2], m["heads"], -1).transpose(1, 2)

        q, k, v = (split(linear(x, at + "attention.self." + part))
                   for part in ("query", "key", "value"))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        scores = scores.masked_fill(~mask[:, None, None, :], -math.inf)
        y = (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)
        x = norm(x + linear(y, at + "attention.output.dense"),
                 at + "attention.output.LayerNorm")
        y = linear(act(linear(x, at + "intermediate.dense")), at + "output.dense")
        x = norm(x + y, at + "output.LayerNorm")
    if not m["head"]:
        return x
    x = norm(act(linear(x, "cls.predictions.transform.dense")),
             "cls.predictions.transform.LayerNorm")
    decoder = words if m["tied"] else weights["cls.predictions.decoder.weight"]
    return F.linear(x, decoder, weights["cls.predictions.bias"])


def write_safetensors(path, tensors):
    header, data = {}, b""
    for name, value in tensors.items():
        bits = value.contiguous()
        if bits.dtype == torch.bfloat16:
            bits = bits.view(torch.int16)
        begin = len(data)
        data += bits.numpy().tobytes()
        dtype = next(d for d, t in DTYPES.items() if t == value.dtype)
        header[name] = {"dtype": dtype, "shape": list(value.shape),
                        "data_offsets": [begin, len(data)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def write_model(folder, m, generator):
    os.makedirs(folder, exist_ok=True)
    config = {"model_type": "bert", "num_hidden_layers": m["layers"],
              "num_attention_heads": m["heads"], "hidden_size": m["hidden"],
              "intermediate_size": m["inner"], "vocab_size": m["vocab"],
              "max_position_embeddings": POSITIONS, "type_vocab_size": TYPES,
              "hidden_act": m["act"], "layer_norm_eps": 1e-12,
              "tie_word_embeddings": m["tied"]}
    with open(os.path.join(folder, "config.json"), "w", encoding="ascii") as file:
        json.dump(config, file, indent=1)
        file.write("\n")
    weights = draw_weights(m, generator)
    write_safetensors(os.path.join(folder, "model.safetensors"), weights)

    mask = torch.arange(max(LENGTHS))[None, :] < torch.tensor(LENGTHS)[:, None]
    ids = torch.randint(m["vocab"], mask.shape, generator=generator)
    types = torch.randint(TYPES, mask.shape, generator=generator)
    answers = forward(m, weights, ids, types, mask)[mask]
    start = torch.tensor([0] + LENGTHS).cumsum(0)
    write_safetensors(os.path.join(folder, "answers.safetensors"),
                      {"start": start.float(), "id": ids[mask].float(),
                       "type": types[mask].float(), "expected": answers.float()})


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "tests/data/bert"
    for seed, (name, m) in enumerate(MODELS.items()):
        generator = torch.Generator().manual_seed(seed)
        write_model(os.path.join(folder, name), m, generator)


if __name__ == "__main__":
    main()
