#!/usr/bin/env python3
"""Where a run of basin spends its processor time, by folder of the source.

    tests/bench/profile.py CONFIG       needs Linux's perf

Runs build/release/basin on one thread under perf and sums up its samples by the source
file of the instruction."""
import collections
import functools
import glob
import os
import re
import subprocess
import sys
import tempfile
import time


# The compiler's vector functions are used by kernels alone, so they count for those.
INTRINSICS = ("avxintrin.h", "avx2intrin.h", "emmintrin.h", "fmaintrin.h")


def defines(folder, source, function):
    """Whether the object made from a source has the function."""
    path = f"build/release/{folder}/{source.replace('.c', '.o')}"
    out = subprocess.run(["nm", "--defined-only", path], capture_output=True, text=True,
                         check=False).stdout
    return any(line.split()[2].split(".")[0] == function for line in out.splitlines())


@functools.lru_cache(None)
def place_of(source, function):
    """The folder of a source file; where two have one of its name, by the function."""
    if source in INTRINSICS:
        return "src/kernels"
    paths = glob.glob(f"src/*/{source}") + glob.glob(f"experiments/{source}")
    folders = [os.path.dirname(path) for path in paths if source]
    if len(folders) > 1:
        folders = [f for f in folders if defines(f, source, function)] or folders
    return " or ".join(folders) or "basin, elsewhere"


def samples(config, folder):
    """(percent, library, source file, function) and the run's wall and processor seconds."""
    data = os.path.join(folder, "perf.data")
    start, before = time.perf_counter(), os.times()
    subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "499", "-o", data,
                    "build/release/basin", "run", config, "--quiet", "--jobs", "1",
                    "--out", folder], check=True)
    wall, after = time.perf_counter() - start, os.times()
    report = subprocess.run(
        ["perf", "report", "-i", data, "--stdio", "--no-children", "-F",
         "overhead,dso,srcfile,symbol", "-t", ";"], capture_output=True, text=True,
        check=True).stdout
    found = re.findall(r"^\s*([\d.]+)% *;(\S+) *;(\S*) *;\[.\] (\S+)", report, re.M)
    cpu = after.children_user + after.children_system
    return found, wall, cpu - before.children_user - before.children_system


def main():
    config = sys.argv[1] if len(sys.argv) > 1 else "capacity.yaml"
    with tempfile.TemporaryDirectory(dir="build") as folder:
        found, wall, cpu = samples(config, folder)
    total = collections.Counter()
    functions = collections.defaultdict(list)
    for percent, library, source, function in found:
        where = place_of(source, function.split(".")[0]) if library == "basin" else library
        total[where] += float(percent)
        if function not in functions[where]:
            functions[where].append(function)
    print(f"{config}: {wall:.1f} s on the wall and {cpu:.1f} s of processor, one thread\n")
    print("| part | processor time | most in |\n|---|---|---|")
    for where, percent in total.most_common():
        if percent >= 0.5:
            print(f"| {where} | {percent:.1f} % | {', '.join(functions[where][:3])} |")


main()
