#!/usr/bin/env python3
"""Where a run of basin spends its processor time, by folder of the source.

    tests/bench/profile.py CONFIG       needs Linux's perf

Runs build/release/basin on one thread under perf and sums up its samples by the source
file of the instruction."""
import collections
import glob
import os
import re
import subprocess
import sys
import tempfile
import time


def places():
    """Name of a source file to its folder. The compiler's headers of vector functions
    count for the kernels, which alone include them."""
    files = glob.glob("src/*/*.[ch]") + glob.glob("experiments/*.[ch]")
    place = {os.path.basename(path): os.path.dirname(path) for path in files}
    return collections.defaultdict(
        lambda: "basin, elsewhere", place,
        **{name: "src/kernels" for name in ("avxintrin.h", "avx2intrin.h",
                                            "emmintrin.h", "fmaintrin.h")})


def samples(config, folder):
    """(percent, library, source file) and the run's wall and processor seconds."""
    data = os.path.join(folder, "perf.data")
    start, before = time.perf_counter(), os.times()
    subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "499", "-o", data,
                    "build/release/basin", "run", config, "--quiet", "--jobs", "1",
                    "--out", folder], check=True)
    wall, after = time.perf_counter() - start, os.times()
    report = subprocess.run(
        ["perf", "report", "-i", data, "--stdio", "--no-children", "-F",
         "overhead,dso,srcfile", "-w", "0,0,0"], capture_output=True, text=True,
        check=True).stdout
    found = re.findall(r"^\s*([\d.]+)%\s+(\S+)\s*(\S*)$", report, re.M)
    cpu = after.children_user + after.children_system
    return found, wall, cpu - before.children_user - before.children_system


def main():
    config = sys.argv[1] if len(sys.argv) > 1 else "capacity.yaml"
    place = places()
    with tempfile.TemporaryDirectory(dir="build") as folder:
        found, wall, cpu = samples(config, folder)
    total = collections.Counter()
    sources = collections.defaultdict(list)
    for percent, library, source in found:
        where = place[source] if library == "basin" else library
        total[where] += float(percent)
        sources[where].append(source)
    print(f"{config}: {wall:.1f} s on the wall and {cpu:.1f} s of processor, one thread\n")
    print("| part | processor time | most in |\n|---|---|---|")
    for where, percent in total.most_common():
        if percent >= 0.5:
            print(f"| {where} | {percent:.1f} % | {', '.join(sources[where][:3])} |")


main()
