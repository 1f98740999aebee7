"""ONNX Runtime as a peer: PyTorch writes a model down, Node.js runs it in a process of its
own (onnx_runtime.js). Its threads wait for work without sleeping for a while after a run, as ONNX
Runtime's do by default; the pause after a peer is longer."""
import functools
import json
import os
import subprocess
import tempfile

import numpy as np

import measure
from row import Peer

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = os.path.abspath("build/peers/node_modules")


ENVIRONMENT = {**os.environ, "NODE_PATH": MODULES}


@functools.lru_cache(None)
def available():
    try:
        return subprocess.run(["node", "-e", "require('onnxruntime-node')"], env=ENVIRONMENT,
                              capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


class Model:
    """function: of one tensor, in PyTorch; given: what it is to be run on."""

    def __init__(self, torch, function, given):
        class Module(torch.nn.Module):
            def forward(self, x):
                return function(x)

        self.folder = tempfile.TemporaryDirectory(prefix="basin-bench-")
        path = {name: os.path.join(self.folder.name, name) for name in ("model", "in", "out")}
        self.output = path["out"]
        self.shape = tuple(function(given).shape)
        torch.onnx.export(Module(), given, path["model"], input_names=["x"], opset_version=14)
        given.numpy().tofile(path["in"])
        self.child = subprocess.Popen(
            ["node", os.path.join(HERE, "onnx_runtime.js"), *path.values()], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT)
        self.seconds = 0
        measure.helpers.add(self)
        self.ask(json.dumps({"name": "x", "type": str(given.numpy().dtype),
                             "dims": list(given.shape)}))

    def ask(self, line):
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        if not answer:
            raise RuntimeError(f"ONNX Runtime ended with code {self.child.wait()}")
        self.seconds = float(answer)

    def run(self):
        self.ask("run")
        return self

    def result(self):
        self.ask("store")
        return np.fromfile(self.output, np.float32).reshape(self.shape)

    def __del__(self):
        if child := getattr(self, "child", None):
            child.stdin.close()
            child.wait()


def peer(torch, function, given, same):
    model = Model(torch, function, given)
    return Peer(model.run, same=lambda ours, its: same(ours, its.result()))
