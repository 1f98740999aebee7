#!/usr/bin/env python3
"""Where a run of basin spends its processor time, by folder of the source.

    tests/bench/profile.py CONFIG       needs Linux's perf

Runs build/release/basin on one thread under perf and sums up its samples by the object
file that has the function, inlined ones counting for those that hold them."""
import collections
import glob
import os
import re
import subprocess
import sys
import tempfile
import time


def places():
    """Function name to folder of its source, from the objects' symbols."""
    place = {}
    for path in glob.glob("build/release/**/*.o", recursive=True):
        source = os.path.dirname(path).removeprefix("build/release/")
        out = subprocess.run(["nm", "--defined-only", path], capture_output=True,
                             text=True, check=True).stdout
        for line in out.splitlines():
            _, kind, name = line.split()
            if kind in "tT":
                place[name.split(".")[0]] = source
    return place


def samples(config, folder):
    """(percent, library, function) and the run's wall and processor seconds."""
    data = os.path.join(folder, "perf.data")
    start, before = time.perf_counter(), os.times()
    subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "499", "-o", data,
                    "build/release/basin", "run", config, "--quiet", "--jobs", "1",
                    "--out", folder], check=True)
    wall, after = time.perf_counter() - start, os.times()
    report = subprocess.run(
        ["perf", "report", "-i", data, "--stdio", "--no-children", "-F",
         "overhead,dso,symbol", "-w", "0,0,0"], capture_output=True, text=True,
        check=True).stdout
    found = re.findall(r"^\s*([\d.]+)%\s+(\S+)\s+\[.\]\s+(\S+)", report, re.M)
    cpu = after.children_user + after.children_system
    return found, wall, cpu - before.children_user - before.children_system


def main():
    config = sys.argv[1] if len(sys.argv) > 1 else "capacity.yaml"
    place = places()
    with tempfile.TemporaryDirectory(dir="build") as folder:
        found, wall, cpu = samples(config, folder)
    total = collections.Counter()
    functions = collections.defaultdict(list)
    for percent, library, function in found:
        where = place.get(function.split(".")[0], "basin, elsewhere") \
            if library == "basin" else library
        total[where] += float(percent)
        functions[where].append(function.split(".")[0])
    print(f"{config}: {wall:.1f} s on the wall and {cpu:.1f} s of processor, one thread\n")
    print("| part | processor time | most in |\n|---|---|---|")
    for where, percent in total.most_common():
        if percent >= 0.5:
            print(f"| {where} | {percent:.1f} % | {', '.join(functions[where][:3])} |")


main()
