#!/usr/bin/env python3
"""What the harness itself costs: a plan of a million cells that compute nothing.

  harness.py SYNTHETIC WORKERS

SYNTHETIC is the command with the experiment for tests, WORKERS the simulation of ranks.
Prints two tables for src/docs/cluster.md: measured, and simulated from what was measured.
"""
import os
import subprocess
import sys
import tempfile
import time

CELLS = 1000000
MESSAGE = 20e-6  # seconds of rank 0 for a message over a network, assumed

CONFIG = f"""experiment: synthetic
max_cells: {CELLS}
sweep: [{{grid: {{index: {{range: [1, {CELLS}, 1]}}}}}}]
"""

OPEN = """import time, h5py
start = time.perf_counter(); file = h5py.File('out/t.h5'); n = 0
for name in ('value', 'square', 'root', 'time'): n += file['synthetic/' + name][...].size
print(time.perf_counter() - start)"""


def measure(*command):
    """Processor seconds, seconds on the clock and MB of a command."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)} failed")
    return (usage.ru_utime + usage.ru_stime, time.perf_counter() - start,
            usage.ru_maxrss / 1e3)


def main():
    synthetic, workers = map(os.path.abspath, sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open("t.yaml", "w", encoding="utf-8") as file:
            file.write(CONFIG)
        run = (synthetic, "run", "t.yaml", "--jobs", "1", "--quiet", "--out", "out")
        rows = [("`basin plan`, all cells listed", *measure(synthetic, "plan", "t.yaml"), 5)]
        rows.append(("`basin run`: plan, items, durable journal, result", *measure(*run), None))
        rows.append(("the same command again: journal read, result compared", *measure(*run), 5))
        print("| what | processor, s | clock, s | MB | goal, s |\n|---|---|---|---|---|")
        for name, processor, clock, memory, goal in rows:
            print(f"| {name} | {processor:.1f} | {clock:.1f} | {memory:.0f} | {goal or ''} |")
        opened = subprocess.run((sys.executable, "-c", OPEN), capture_output=True, text=True)
        if opened.returncode == 0:
            print(f"| h5py opens the result and reads 4 10^6 numbers | | "
                  f"{float(opened.stdout):.2f} | | 1 |")
        record = rows[1][1] / CELLS
        print(f"\nSo a finished row takes {record * 1e6:.1f} us of processor time, all told. With that "
              f"for a record and {MESSAGE * 1e6:.0f} us for\na message, 200,000 cells whose times "
              f"differ a thousandfold, simulated:\n", flush=True)
        subprocess.run((workers, str(MESSAGE), str(record)), check=True)


if __name__ == "__main__":
    main()
