"""basin's work from Python: tests/bench/ours.h by ctypes."""
import ctypes
import os
from ctypes import c_char_p, c_double, c_int, c_size_t, c_uint64, c_void_p

import numpy as np

LIBRARY = os.environ.get("BENCH_LIBRARY", "build/bench/bench.so")
lib = ctypes.CDLL(os.path.abspath(LIBRARY))

POINTER, SIZE, INT, REAL, TEXT = c_void_p, c_size_t, c_int, c_double, c_char_p
SIGNATURES = {
    "blas_threads": (None, INT),
    "rule_new": (POINTER, TEXT, POINTER, SIZE, POINTER, SIZE, SIZE, SIZE),
    "rule_free": (None, POINTER),
    "rule_run": (INT, POINTER, POINTER, SIZE, INT, POINTER),
    "softmax_new": (POINTER, POINTER, POINTER, SIZE, SIZE, SIZE, SIZE),
    "softmax_free": (None, POINTER),
    "softmax_run": (None, POINTER, REAL, POINTER, SIZE, POINTER, INT),
    "favor": (INT, POINTER, SIZE, POINTER, POINTER, POINTER, SIZE, SIZE, REAL, REAL,
              POINTER, INT),
    "spread": (INT, POINTER, SIZE, SIZE, POINTER, INT),
    "gaussians": (None, c_uint64, POINTER, SIZE),
    "gsl_ziggurat": (INT, c_uint64, POINTER, SIZE),
    "journal": (INT, TEXT, SIZE),
    "hdf5_rows": (INT, TEXT, SIZE, SIZE),
    "bert_new": (POINTER, SIZE, SIZE, SIZE, SIZE, SIZE, SIZE, SIZE),
    "bert_free": (None, POINTER),
    "bert_tensor": (POINTER, POINTER, SIZE, POINTER, POINTER, POINTER),
    "bert_run": (INT, POINTER, POINTER, SIZE, POINTER, POINTER, INT),
    "trainer_new": (POINTER, POINTER, POINTER, POINTER, SIZE, SIZE, REAL, INT),
    "trainer_free": (None, POINTER),
    "trainer_step": (INT, POINTER, POINTER),
    "limit_fma": (REAL, INT),
    "limit_loads": (REAL, INT),
    "limit_triad": (REAL, INT),
    "memory_mark": (REAL,),
    "memory_peak": (REAL,),
}
for _name, (_result, *_arguments) in SIGNATURES.items():
    _function = getattr(lib, "bench_" + _name)
    _function.restype, _function.argtypes = _result, _arguments


def call(name, *arguments):
    """Arrays are passed by their memory; a code that is not 0 is an error."""
    arrays = [a for a in arguments if isinstance(a, np.ndarray)]
    assert all(a.flags.c_contiguous for a in arrays), "arrays must be row-major"
    given = [a.ctypes.data if isinstance(a, np.ndarray) else a for a in arguments]
    result = getattr(lib, "bench_" + name)(*given)
    if SIGNATURES[name][0] is INT and result != 0:
        raise RuntimeError(f"bench_{name} failed with code {result}")
    return result


class Object:
    """Something that bench_NAME_new made; freed with this."""

    def __init__(self, name, *arguments):
        self.name, self.kept = name, arguments
        self.handle = call(name + "_new", *arguments)
        if not self.handle:
            raise MemoryError(f"bench_{name}_new failed")

    def __del__(self):
        if getattr(self, "handle", None):
            call(self.name + "_free", self.handle)


class Rule(Object):
    def __init__(self, rule, patterns, threads, **fields):
        words = [str(w).encode() for pair in fields.items() for w in pair]
        pairs = (c_char_p * len(words))(*words)
        n, d = patterns.shape
        super().__init__("rule", rule.encode(), ctypes.cast(pairs, c_void_p), len(fields),
                         patterns, n, d, threads)
        self.threads, self.steps = threads, 0

    def run(self, states):
        """The states after the updates; self.steps: how many they made together."""
        states = states.copy()
        self.run_in_place(states)
        return states

    def run_in_place(self, states):
        steps = c_size_t()
        call("rule_run", self.handle, states, len(states), self.threads,
             ctypes.addressof(steps))
        self.steps = steps.value


class Softmax(Object):
    def __init__(self, keys, values, threads):
        super().__init__("softmax", keys, values, *keys.shape, values.shape[1], threads)
        self.threads, self.v = threads, values.shape[1]

    def run(self, queries, beta):
        out = np.empty((len(queries), self.v))
        call("softmax_run", self.handle, beta, queries, len(queries), out, self.threads)
        return out


class Bert(Object):
    def __init__(self, layers, heads, hidden, vocab, length, sequences, threads):
        super().__init__("bert", layers, heads, hidden, vocab, length, sequences, threads)
        self.layers, self.heads, self.hidden = layers, heads, hidden
        self.length, self.threads = length, threads

    def tensors(self):
        """Name to array, all of them copies."""
        found, name = {}, ctypes.create_string_buffer(128)
        rows, columns = c_size_t(), c_size_t()
        i = 0
        while at := call("bert_tensor", self.handle, i, ctypes.addressof(name),
                         ctypes.addressof(rows), ctypes.addressof(columns)):
            numbers = ctypes.cast(at, ctypes.POINTER(ctypes.c_float))
            shape = (rows.value, columns.value)
            found[name.value.decode()] = np.ctypeslib.as_array(numbers, shape).copy()
            i += 1
        return found

    def run(self, tokens, spread):
        """Hidden states of all sequences, and k(0.90) of every attention row or None."""
        n = len(tokens)
        hidden = np.empty((n, self.length, self.hidden), np.float32)
        k = np.empty((n, self.layers, self.heads, self.length), np.int32)
        call("bert_run", self.handle, tokens, n, hidden, k if spread else None,
             self.threads)
        return hidden, k if spread else None


class Trainer(Object):
    def __init__(self, bert, tokens, targets, rate):
        super().__init__("trainer", bert.handle, tokens, targets, *tokens.shape, rate,
                         bert.threads)
        self.bert = bert    # which it trains, so which must outlive it

    def step(self):
        loss = c_double()
        call("trainer_step", self.handle, ctypes.addressof(loss))
        return loss.value
