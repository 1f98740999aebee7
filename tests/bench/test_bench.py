#!/usr/bin/env python3
"""What the benchmark computes from times, and what it writes: no time is measured here."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import bench
import measure
import page

failed = 0


def ok(name, holds):
    global failed
    print(f"{'ok' if holds else 'not ok'} - benchmark: {name}")
    failed += not holds


def row(**changes):
    return {"setup": "best", "row": "work", "peer": "peer", "noisy": False, "why": "why so",
            "share": 0.5, "limit": "fma", "cpu_ratio": 2.0,
            **measure.judge(TIMES, "wall", 1, 3, 4), **changes}


# Ours takes 1 s but for one slow round, the peer 2 s: pairs of rounds are compared.
TIMES = {"ours_wall": [1, 1, 10, 1, 1, 1], "peer_wall": [2, 2, 20, 2, 2, 2],
         "ours_cpu": [1] * 6, "peer_cpu": [3] * 6}
judged = measure.judge(TIMES, "wall", 1, 1.5, 2.5)
ok("a round that both sides find slow changes no ratio",
   (judged["ratio"], judged["low"], judged["high"]) == (2, 2, 2))
ok("a peer that does a quarter of the work has its time multiplied",
   measure.judge(TIMES, "wall", 4, None, None)["ratio"] == 8)
ok("processor time is judged by itself", measure.judge(TIMES, "cpu", 1, 1, 1)["ratio"] == 3)
ok("the median of an even number is between the middle two",
   measure.median([4, 1, 3, 2]) == 2.5)
# Binomial(n, 1/2): 2 P(B <= k - 1) <= 5 % for k = 1 up to n = 8, k = 2 at 9, k = 6 at 21.
for n, k in ((5, 1), (6, 1), (8, 1), (9, 2), (11, 2), (12, 3), (21, 6), (31, 10)):
    low, high = measure.interval(range(1, n + 1))
    ok(f"interval of the median of {n} leaves out {k - 1} at each end",
       (low, high) == (k, n + 1 - k))
ok("verdicts", [measure.verdict(r, 2, 3)[0] for r in (1.9, 2, 3)] ==
   ["missed", "met", "met, stretch too"] and measure.verdict(1, None, None) == ("", 0))
b, low, high = measure.slope([1, 10, 100, 1000], [5, 50, 500, 5000])
ok("a line has its slope", abs(b - 1) < 1e-9 and abs(high - low) < 1e-6)
ok("a line grows no faster than its size", measure.no_faster([1, 10, 100], [5, 50, 500]))
ok("a bend upwards does, though its interval is wide",
   measure.slope([64, 202, 640, 2024, 6400], [1, 2.4, 12, 95, 330])[1] < 1.1 and
   not measure.no_faster([64, 202, 640, 2024, 6400], [1, 2.4, 12, 95, 330]))
b, low, high = measure.slope([1, 2, 4, 8], [1, 4.4, 14.5, 64])
ok("a bent one has an interval around it", low < 2 < high and 0 < high - low < 1)

calls = []
times = measure.compare(lambda: calls.append("A"),
                        {"B": lambda: calls.append("B"), "C": lambda: calls.append("C")},
                        0, pause=0, fewest=3)
order = [c for i, c in enumerate(calls) if i == 0 or calls[i - 1] != c]
ok("sides run in turn, A B A C", "".join(order) == "ABC" + "ABAC" * 3)
ok("and each round is kept", [len(v) for v in times["B"].values()] == [3] * 4)

ok("numbers have three digits and no exponent",
   [page.number(x) for x in (1234.5, 123.4, 12.34, 1.234, 0.1234)] ==
   ["1234", "123", "12.3", "1.23", "0.123"])
record = {"machine": {"date": "2000-01-01", "processor": "P", "cores": 2, "minutes": 3.2,
                      "limits": {"fma": [1e9, 2e9]}},
          "rows": [row(), row(row="fast", **measure.judge(TIMES, "wall", 8, 3, 4)),
                   row(setup="installed", noisy=True, goal=None, stretch=None, verdict="")],
          "growth": []}
ok("a limit that cannot be told for one thread stays out, whatever other set-ups found",
   bench.machine([{"limits": {"sgemm": [None, 1e9]}}, {"limits": {"sgemm": [None, 2e9]}}])
   ["limits"] == {"sgemm": [None, 2e9]})
text = page.fill("a\n<!-- bench -->\nold\n<!-- end of bench -->\nz\n", "bench",
                 page.lines_of(record))
ok("tables stand between the marks, what was there is gone",
   text.startswith("a\n<!-- bench -->\n\n2000-01-01") and "old" not in text and
   text.endswith("\n\n<!-- end of bench -->\nz\n"))
ok("to fill a page twice changes nothing",
   page.fill(text, "bench", page.lines_of(record)) == text)
ok("a missed goal says by how much and why", "**missed** by 33 % | why so |" in text)
ok("a goal that is met says neither", "met, stretch too (+433 %) |  |" in text)
ok("a noisy row is marked", "2.00 (2.00 to 2.00) °" in text)
script = page.figure(record)
ok("the figure has a line for every comparison at best",
   "'work / peer' 1, 'fast / peer' 2" in script and "$met << EOD\n16 16 16 2\n" in script)

with tempfile.TemporaryDirectory() as folder:
    for module in ("numpy", "h5py"):
        with open(os.path.join(folder, module + ".py"), "w", encoding="ascii") as file:
            file.write("raise ImportError\n")
    done = subprocess.run([sys.executable, os.path.join(HERE, "bench.py")], text=True,
                          capture_output=True, check=False,
                          env={**os.environ, "PYTHONPATH": folder})
    ok("without what the driver needs it says what to install",
       done.returncode == 1 and "src/setup.sh bench" in done.stderr and
       "python3-numpy and python3-h5py" in done.stderr)

# What is on record stands in the page.
top = os.path.dirname(os.path.dirname(HERE))
path = os.path.join(top, "results/reference/bench.json")
if os.path.exists(path):
    with open(path, encoding="utf-8") as file:
        record = json.load(file)
    with open(os.path.join(top, "src/docs/benchmark.md"), encoding="utf-8") as file:
        text = file.read()
    ok("src/docs/benchmark.md has the tables on record",
       page.fill(text, "bench", page.lines_of(record)) == text)
    with open(os.path.join(top, "README.md"), encoding="utf-8") as file:
        text = file.read()
    ok("README.md has their summary",
       page.fill(text, "bench summary", page.summary_of(record)) == text)
rows = [row(row="a 1", ratio=3.0), row(row="a 2", ratio=2.0), row(row="b 1", ratio=5.0),
        row(row="a 3", ratio=0.5, setup="omp")]
ok("the summary has the worst row of each kind, in the best set-up",
   [line.split(" | ")[0] for line in page.summary_of({"rows": rows})[2:]] == ["| b 1", "| a 2"])
sys.exit(failed > 0)
