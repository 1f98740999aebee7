#!/usr/bin/env python3
"""Known answers for training: PyTorch's slopes and steps on the small models of
bert_known_answers.py.

    tests/peers/training_known_answers.py [FOLDER]      (default: tests/data/bert)

For each model with a masked-word head, and beside it: FOLDER/training/NAME/batch.safetensors
(a batch, the words asked for, the loss), FOLDER/training/NAME/slopes (a model folder whose
weights are the slopes of the summed loss) and FOLDER/training/NAME/trained (the model after
five steps of clipping and AdamW on that batch, with a rate that rises for two steps and then
falls). All in double precision. Needs Debian's python3-torch; the tests do not."""
import json
import os
import sys

import torch
from torch.nn import functional as F

from bert_known_answers import MODELS, POSITIONS, TYPES, draw_weights, forward, write_safetensors

SEQUENCES, LENGTH, STEPS, WARMUP, UPDATES, RATE = 3, 12, 5, 2, 8, 0.01
NAMES = ["tied", "untied", "odd"]


def write_folder(folder, m, weights):
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
    write_safetensors(os.path.join(folder, "model.safetensors"),
                      {name: value.detach().float() for name, value in weights.items()})


def loss_of(m, weights, ids, target):
    mask = torch.ones_like(ids, dtype=torch.bool)
    logits = forward(m, weights, ids, torch.zeros_like(ids), mask)
    return F.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=-1,
                           reduction="sum")


def train(m, weights, ids, target):
    plain = [v for n, v in weights.items() if v.dim() == 1]
    matrices = [v for n, v in weights.items() if v.dim() > 1]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.1},
                                   {"params": plain, "weight_decay": 0.0}],
                                  lr=RATE, betas=(0.9, 0.98), eps=1e-6)
    asked = (target >= 0).sum()
    for step in range(STEPS):
        rate = RATE * ((step + 1) / WARMUP if step < WARMUP
                       else (UPDATES - step) / (UPDATES - WARMUP))
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        (loss_of(m, weights, ids, target) / asked).backward()
        torch.nn.utils.clip_grad_norm_(list(weights.values()), 0.5)
        optimizer.step()


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "tests/data/bert"
    for seed, name in enumerate(NAMES):
        m = MODELS[name]
        weights = draw_weights(m, torch.Generator().manual_seed(list(MODELS).index(name)))
        weights = {n: v.double().requires_grad_() for n, v in weights.items()}
        generator = torch.Generator().manual_seed(100 + seed)
        ids = torch.randint(m["vocab"], (SEQUENCES, LENGTH), generator=generator)
        target = torch.randint(m["vocab"], (SEQUENCES, LENGTH), generator=generator)
        asked = torch.rand(SEQUENCES, LENGTH, generator=generator) < 0.3
        asked[1] = False  # a sequence of which nothing is asked
        target = torch.where(asked, target, torch.full_like(target, -1))
        loss = loss_of(m, weights, ids, target)
        loss.backward()
        out = os.path.join(folder, "training", name)
        os.makedirs(out, exist_ok=True)
        write_safetensors(os.path.join(out, "batch.safetensors"),
                          {"id": ids.float(), "target": target.float(),
                           "loss": loss.detach().float().reshape(1)})
        write_folder(os.path.join(out, "slopes"), m,
                     {n: v.grad for n, v in weights.items()})
        train(m, weights, ids, target)
        write_folder(os.path.join(out, "trained"), m, weights)


main()
