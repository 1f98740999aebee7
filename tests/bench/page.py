#!/usr/bin/env python3
"""Writes the tables of a recorded benchmark into a Markdown page, and draws its figure.

    tests/bench/page.py RECORD.json PAGE.md     what stands between the page's marks: all
                                                tables (bench), or a summary (bench summary)
    tests/bench/page.py RECORD.json FOLDER/     ratios.gp there, for gnuplot to draw"""
import json
import math
import os
import sys

SETUPS = ("installed", "omp", "best")


def number(x):
    """Three digits, and no exponent."""
    if x is None:
        return ""
    digits = 2 - math.floor(math.log10(abs(x))) if x != 0 else 0
    return f"{x:.{max(0, digits)}f}"


def seconds(x):
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if x >= size:
            return f"{number(x / size)} {unit}"
    return f"{number(x / 1e-6)} µs"


def table(heads, rows):
    return ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)] + \
        ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]


def ratio(row):
    return (f"{number(row['ratio'])} ({number(row['low'])} to {number(row['high'])})"
            f"{' °' if row['noisy'] else ''}")


def goal_rows(rows):
    for row in rows:
        if row["goal"] is None:
            continue
        beyond = f"{100 * row['beyond']:+.0f} %"
        missed = row["verdict"] == "missed"
        yield (row["row"], f"{row['peer']}, {row['setup']}", ratio(row),
               number(row["goal"]), number(row["stretch"]),
               f"**missed** by {100 * -row['beyond']:.0f} %" if missed
               else f"{row['verdict']} ({beyond})", row["why"] if missed else "")


def all_rows(rows):
    """A row for each work and peer, with the ratio in every set-up."""
    keys = list(dict.fromkeys((r["row"], r["peer"]) for r in rows))
    for key in keys:
        by = {r["setup"]: r for r in rows if (r["row"], r["peer"]) == key}
        last = next(by[s] for s in reversed(SETUPS) if s in by)
        share = f"{100 * last['share']:.0f} % {last['limit']}" if "share" in last else ""
        yield (*key, seconds(last["ours_seconds"]), seconds(last["peer_seconds"]), share,
               *(ratio(by[s]) if s in by else "" for s in SETUPS),
               f"{number(last['cpu_ratio'])}")


def limit_rows(machine):
    units = {"fma": "multiply-adds in registers, single precision",
             "sgemm": "OpenBLAS sgemm, 1536 x 1536", "loads": "loads from the nearest cache",
             "triad": "triad a = b + 3 c"}
    for name, rates in machine["limits"].items():
        unit = "GFLOP/s" if name in ("fma", "sgemm") else "GB/s"
        yield (name, units[name], *("" if x is None else f"{number(x / 1e9)} {unit}" for x in rates))


def growth_rows(growth):
    def power(row, what):
        keys = [what + "slope", what + "low", what + "high"]
        return "{:.2f} ({:.2f} to {:.2f})".format(*(row[k] for k in keys))

    for row in growth:
        yield (row["work"], f"{row['axis']} from {row['from']} to {row['to']}",
               row["fixed"], power(row, ""), power(row, "memory_"),
               "yes" if row["holds"] else "**no**")


def lines_of(record):
    machine = record["machine"]
    met = [r["verdict"] != "missed" for r in record["rows"] if r["goal"] is not None]
    noisy = sum(r["noisy"] for r in record["rows"])
    yield (f"{machine['date']}, {machine['processor']}, {machine['cores']} cores, "
           f"{machine['minutes']:.0f} minutes: {sum(met)} of {len(met)} goals met"
           + (f"; {noisy} of {len(record['rows'])} comparisons are noisy (°): others used "
              "more than a twelfth of the machine meanwhile." if noisy else "."))
    sections = (
        ("Goals", ("work", "peer, set-up", "ratio", "goal", "stretch", "verdict", "why"),
         goal_rows(record["rows"])),
        ("All ratios", ("work", "peer", "ours", "peer's time", "share of limit",
                        *SETUPS, "by processor time"), all_rows(record["rows"])),
        ("The machine's limits", ("limit", "what", "1 thread", "2 threads"),
         limit_rows(machine)),
        ("Growth", ("work", "size", "others", "exponent of time", "of memory",
                    "no faster than its operations"), growth_rows(record["growth"])))
    for title, heads, rows in sections:
        rows = list(rows)
        if rows:
            yield from ("", f"### {title}", "", *table(heads, rows))


def summary_of(record):
    """Of each kind of work the row in which basin does worst; its own reference engine is
    what nobody would take instead."""
    worst = {}
    for row in record["rows"]:
        kind = row["row"].split()[0]
        if row["setup"] != "best" or row["peer"] == "engine: reference":
            continue
        if kind not in worst or row["ratio"] < worst[kind]["ratio"]:
            worst[kind] = row
    rows = sorted(worst.values(), key=lambda row: -row["ratio"])
    return table(("work", "peer", "times faster"),
                 [(row["row"], row["peer"], ratio(row)) for row in rows])


def fill(page, name, lines):
    """The page with these lines between `<!-- NAME -->` and `<!-- end of NAME -->`."""
    out, inside = [], False
    for line in page.splitlines():
        if line == f"<!-- end of {name} -->":
            inside = False
        if not inside:
            out.append(line)
        if line == f"<!-- {name} -->":
            out += ["", *lines, ""]
            inside = True
    return "\n".join(out) + "\n"


HEAD = """\
# How many times faster than each peer, in the set-up "best"
# Drawn from the recorded benchmark alone. Draw it again: gnuplot -c ratios.gp svg (or png)
set encoding utf8
format = ARGC > 0 ? ARG1 : 'svg'
if (format eq 'svg') {{
    set terminal svg size 960,{height} font 'sans-serif,15' noenhanced background 'white'
}} else {{
    set terminal pngcairo size 1440,{tall} font 'sans,11.5' fontscale 1.5 linewidth 1.5 \\
        pointscale 1.3 noenhanced
}}
set output 'ratios.'.format
set border 1 lc rgb '#444444'
set tics out nomirror
set grid x lt 1 lw 0.6 lc rgb '#e0e0e0' back
set title 'basin against peers that are set up as well as can be'
set xlabel 'times faster than the peer (logarithmic scale)'
set logscale x
set xrange [{low}:{high}]
set yrange [{last}:0]
set ytics scale 0 ({tics})
set key outside below center horizontal height 1 spacing 1.25 samplen 1.5
set lmargin 46
set rmargin 4
set arrow from 1, graph 0 to 1, graph 1 nohead lc rgb '#444444' lw 1.2 back
"""
TAIL = """\
plot $met using 1:4:2:3 with xerrorbars pt 7 lc rgb '#0072B2' title 'goal met', \\
     $missed using 1:4:2:3 with xerrorbars pt 5 lc rgb '#D55E00' title 'goal missed', \\
     $free using 1:4:2:3 with xerrorbars pt 9 lc rgb '#888888' title 'no goal set', \\
     $goals using 1:2 with points pt 2 lw 1.5 lc rgb '#000000' title 'goal'
"""


def figure(record):
    """A gnuplot script with a line for each comparison in the set-up "best"."""
    rows = [r for r in record["rows"] if r["setup"] == "best"]
    groups = {"met": [], "missed": [], "free": [], "goals": []}
    tics = []
    for y, row in enumerate(rows, 1):
        label = f"{row['row']} / {row['peer']}".replace("'", "''")
        tics.append(f"'{label}' {y}")
        group = "free" if row["goal"] is None else row["verdict"].split(",")[0]
        groups[group].append(f"{row['ratio']:.5g} {row['low']:.5g} {row['high']:.5g} {y}")
        if row["goal"] is not None:
            groups["goals"].append(f"{row['goal']:.5g} {y}")
    ends = [r[k] for r in rows for k in ("low", "high")] + [1]
    text = HEAD.format(height=170 + 24 * len(rows), tall=255 + 36 * len(rows),
                       low=min(ends) / 1.3, high=max(ends) * 1.3, last=len(rows) + 1,
                       tics=", ".join(tics))
    for name, lines in groups.items():
        text += f"${name} << EOD\n" + "\n".join(lines or ["NaN NaN NaN NaN"]) + "\nEOD\n"
    return text + TAIL


def main():
    record_path, target = sys.argv[1:]
    with open(record_path, encoding="utf-8") as file:
        record = json.load(file)
    if target.endswith("/"):
        os.makedirs(target, exist_ok=True)
        with open(target + "ratios.gp", "w", encoding="utf-8") as file:
            file.write(figure(record))
        return
    with open(target, encoding="utf-8") as file:
        page = file.read()
    page = fill(page, "bench", lines_of(record))
    page = fill(page, "bench summary", summary_of(record))
    with open(target, "w", encoding="utf-8") as file:
        file.write(page)


if __name__ == "__main__":
    main()
