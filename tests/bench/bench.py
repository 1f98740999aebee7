#!/usr/bin/env python3
"""The benchmark: basin and what a user would take instead, in one process, in turn.

    tests/bench/bench.py [--quick] [--only TEXT] [--out FOLDER]

One process for every set-up (setups.py), started by this one, since a set-up is an
environment. Each row first checks that both sides compute the same. What was measured
goes to FOLDER/bench.h5, round by round, and its summary to FOLDER/bench.json."""
import argparse
import importlib
import json
import math
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
NEEDED = {"numpy": "python3-numpy", "h5py": "python3-h5py"}
OPTIONAL = {"torch": "python3-torch"}
patience = 60.0     # seconds to wait for quiet, in one set-up


def say(text):
    print(text, file=sys.stderr, flush=True)


def all_rows():
    sys.path.insert(0, os.path.join(HERE, "rows"))
    files = sorted(f[:-3] for f in os.listdir(os.path.join(HERE, "rows"))
                   if f.endswith(".py"))
    return [row for f in files for row in importlib.import_module(f).ROWS]


def wanted(rows, setup, quick, only):
    return [r for r in rows if setup in r.setups and (r.quick or not quick)
            and only in r.name]


def check_same(case, result):
    """Names of peers that computed the same; says of the others why they are out."""
    good = {}
    for name, peer in case.peers.items():
        try:
            (peer.same or case.same)(result, peer.run())
            good[name] = peer
        except AssertionError as error:
            say(f"    {name} computes something else: {error}")
    return good


def measure_row(row, setup, limits, quick, only_check=False):
    """A list of summaries, one for each peer, with the rounds' times."""
    import ours
    from measure import FEWEST, PAUSE, QUIET, Others, compare, judge, wait_for_quiet
    from row import Peer
    from setups import module

    def before(side):
        ours.call("blas_threads", 1 if side == "ours" else row.threads)

    if torch := module("torch"):
        torch.set_num_threads(row.threads)
    case = row.make()
    case.peers = {name: peer if isinstance(peer, Peer) else Peer(peer)
                  for name, peer in case.peers.items()}
    before("ours")
    result = case.ours()
    before("peer")
    peers = check_same(case, result)
    if only_check:
        return []
    global patience
    start = time.perf_counter()
    wait_for_quiet(min(patience, 0.5 if quick else 15))
    patience -= time.perf_counter() - start
    others = Others()
    times = compare(case.ours, {n: p.run for n, p in peers.items()},
                    row.seconds / (4 if quick else 1), before,
                    PAUSE if setup == "installed" else 0.02, 5 if quick else FEWEST)
    busy = others.share()
    found = []
    for name, t in times.items():
        summary = {"setup": setup, "row": row.name, "peer": name, "threads": row.threads,
                   "clock": row.clock, "others": busy, "noisy": busy > QUIET, "why": row.why}
        goal, stretch = row.goals.get((name, setup), (None, None))
        summary.update(judge(t, row.clock, peers[name].scale, goal, stretch))
        if row.limit and case.work:
            rate = limits[row.limit][row.threads - 1]
            summary["share"] = case.work() / summary["ours_seconds"] / rate
            summary["limit"] = row.limit
        found.append({"summary": summary, "rounds": t})
        say(f"    {name:20} {summary['ratio']:8.2f} x  ({summary['low']:.2f} to "
            f"{summary['high']:.2f})  ours {1e3 * summary['ours_seconds']:.3f} ms"
            f"{'  ' + summary['verdict'] if goal else ''}{'  noisy' * (busy > QUIET)}")
    return found


def measure_limits():
    """By name, with one thread and with two; OpenBLAS on OpenMP takes all, whatever it is told."""
    import numpy as np

    import ours
    from measure import clock
    found = {name: [ours.call("limit_" + name, threads) for threads in (1, 2)]
             for name in ("fma", "loads", "triad")}
    a = np.ones((1536, 1536), np.float32)
    ours.call("blas_threads", 2)
    found["sgemm"] = [None, 2 * 1536.0 ** 3 / min(
        clock(lambda: a @ a, 1)[0] for _ in range(7))]
    return found


def child(setup, quick, only, check):
    """Measures all rows of one set-up and prints what it found as one line."""
    sys.path.insert(0, HERE)
    found = {"rows": [], "limits": {}, "growth": []}
    if setup == "growth":
        from growth import measure_growth
        found["growth"] = measure_growth(quick, say)
    else:
        rows = wanted(all_rows(), setup, quick, only)
        found["limits"] = {} if check else measure_limits()
        for row in rows:
            say(f"{setup}: {row.name}")
            found["rows"] += measure_row(row, setup, found["limits"], quick, check)
    print(json.dumps(found))


def run_setup(setup, arguments):
    from setups import environment
    variables = environment(setup)
    if variables is None:
        say(f"{setup}: skipped, it needs libopenblas0-openmp: src/setup.sh bench")
        return {"rows": [], "limits": {}, "growth": []}
    command = [sys.executable, os.path.join(HERE, "bench.py"), "--child", setup]
    command += ["--quick"] * arguments.quick + ["--check"] * arguments.check
    command += ["--only", arguments.only]
    done = subprocess.run(command, env={**os.environ, **variables},
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def machine(found):
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = [line.split(":")[1].strip() for line in file if "model name" in line]
    limits = [f["limits"] for f in found if f["limits"]]
    return {"processor": model[0] if model else "unknown", "cores": os.cpu_count(),
            "date": time.strftime("%Y-%m-%d"),
            "limits": {name: [max((m[name][i] for m in limits if m[name][i]), default=None)
                              for i in (0, 1)]
                       for name in (limits[0] if limits else {})}}


def store(path, summary, found):
    """Every round of every row, and the growth curves, with their summaries."""
    import h5py
    with h5py.File(path, "w") as file:
        for f in found:
            for row in f["rows"]:
                s = row["summary"]
                at = file.create_group(f"{s['setup']}/{s['row']}/{s['peer']}")
                for name, values in row["rounds"].items():
                    at[name] = values
                    at[name].attrs["units"] = "s"
                at.attrs.update({k: v for k, v in s.items() if v is not None})
            for row in f["growth"]:
                at = file.create_group(f"growth/{row['work']}/{row['axis']}")
                for name, units in (("values", "1"), ("seconds", "s"),
                                    ("memory", "bytes")):
                    at[name] = row.pop(name)
                    at[name].attrs["units"] = units
                at.attrs.update(row)
        for name, rates in summary["machine"]["limits"].items():
            file[f"limits/{name}"] = [math.nan if r is None else r for r in rates]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="", help="rows whose name has this text")
    parser.add_argument("--check", action="store_true",
                        help="only that both sides compute the same, no times")
    parser.add_argument("--setups", default="installed,omp,best,growth")
    parser.add_argument("--out", default="results/bench")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    sys.path.insert(0, HERE)
    from setups import module
    missing = [package for name, package in NEEDED.items() if module(name) is None]
    if missing:
        sys.exit(f"bench: {' and '.join(missing)} are missing: src/setup.sh bench")
    if arguments.child:
        child(arguments.child, arguments.quick, arguments.only, arguments.check)
        return
    for name, package in OPTIONAL.items():
        if module(name) is None:
            say(f"bench: rows against {name} are skipped; {package} would be needed: "
                "src/setup.sh bench")
    from onnx_runtime import available
    if not available():
        say("bench: rows against ONNX Runtime are skipped; it would be fetched by: "
            "tests/bench/peers.sh build/peers")
    start = time.perf_counter()
    if arguments.check:
        run_setup("best", arguments)
        return
    found = [run_setup(setup, arguments) for setup in arguments.setups.split(",")]
    summary = {"machine": machine(found),
               "rows": [row["summary"] for f in found for row in f["rows"]]}
    summary["machine"]["minutes"] = (time.perf_counter() - start) / 60
    os.makedirs(arguments.out, exist_ok=True)
    store(os.path.join(arguments.out, "bench.h5"), summary, found)
    summary["growth"] = [row for f in found for row in f["growth"]]
    with open(os.path.join(arguments.out, "bench.json"), "w", encoding="utf-8") as file:
        json.dump(summary, file, indent=1)
        file.write("\n")
    say(f"bench: {summary['machine']['minutes']:.1f} minutes; {arguments.out}/bench.h5")


if __name__ == "__main__":
    main()
