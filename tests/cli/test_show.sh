#!/bin/bash
# Looking at results: tables and figures in the terminal, comparison of two results, export.
source "$(dirname "$0")/lib.sh"

cat > configs/a.yaml <<'YAML'
experiment: retrieval
replicates: 6
cues: 5
patterns: {kind: polar, dimension: 80}
rules:
  - {label: "one, step", rule: classical, steps: 1}
  - {label: soft, rule: modern, steps: 1}
sweep:
  - grid: {load: [0.05, 0.15], beta: [1, 4]}
figures:
  - {name: errors, title: a_b, x: load, y: error}
  - {name: map, kind: heat, x: load, y: beta, z: cosine, where: {label: soft}}
claims: []
YAML
"$basin" run a.yaml --quiet
"$basin" run a.yaml --quiet --out seed --set seed=2
"$basin" run a.yaml --quiet --out kept --set rules.0.diagonal=kept
"$basin" run a.yaml --quiet --out more --set replicates=8 --set 'sweep.0.grid.load=[0.05, 0.25]'

says "show prints a table" 0 'soft (modern): 4 cells x 6 replicates, 24 ok' "$basin" show a.yaml
says "and the figure" 0 'load alpha' "$basin" show results/a/a.h5
says "or no figure" 0 'error' "$basin" show a.yaml --format none
ok "sixel begins as such" sh -c "'$basin' show a.yaml --format sixel | grep -q \"\$(printf '\\033P')\""
ok "kitty's pictures begin as such" sh -c "'$basin' show a.yaml --format kitty | grep -q '_Gf=100'"
says "an unknown format of show" 2 'dumb, sixel, kitty or none' "$basin" show a.yaml --format tty
ok "show leaves no files" test ! -e plots

says "a result does not differ from itself" 0 '6 cells compared, 112 means: 0 differences' "$basin" diff a.yaml results/a/a.h5
says "another seed differs" 1 ', 0 of them significant' "$basin" diff a.yaml seed/a.h5
ok "but not by more than chance" "$basin" diff a.yaml seed/a.h5 --significant
says "self-coupling lowers the energy, and that is no chance" 1 '* one, step load=0.05 energy_end' "$basin" diff a.yaml kept/a.h5 --significant
says "cells of one result alone are told" 1 'load=0.25: only in the second' "$basin" diff a.yaml more/a.h5
"$basin" run a.yaml --quiet --out other --set 'sweep.0.grid.load=[0.3]'
says "results without a common cell" 2 'no cell in common' "$basin" diff a.yaml other/a.h5
ok "JSON is JSON, and counts" /usr/bin/python3 - "$basin" <<'PY'
import json, subprocess, sys
def diff(*words):
    return json.loads(subprocess.run([sys.argv[1], "diff", *words, "--json"], capture_output=True).stdout)
d = diff("a.yaml", "kept/a.h5")
assert d["differences"] == len(d["rows"]) > 0 and d["significant"] == sum(r["significant"] for r in d["rows"]) > 0
# paired means by hand, from the exported tables
table = lambda path: [json.loads(l) for l in subprocess.run([sys.argv[1], "export", path, "--format", "jsonl"], capture_output=True, text=True).stdout.splitlines()]
a, b = table("a.yaml"), table("kept/a.h5")
row = next(r for r in d["rows"] if r["metric"] == "energy_end" and r["cell"] == "load=0.15")
pick = lambda t: [r["energy_end"] for r in t if r["label"] == "one, step" and r["load"] == 0.15]
pairs = [y - x for x, y in zip(pick(a), pick(b))]
assert len(pairs) == 6 and abs(sum(pairs) / 6 - row["difference"]) < 1e-9, (pairs, row)
PY

ok "CSV quotes a label with a comma, and every row has all columns" /usr/bin/python3 - "$basin" <<'PY'
import csv, subprocess, sys
text = subprocess.run([sys.argv[1], "export", "a.yaml", "--format", "csv"], capture_output=True, text=True).stdout
rows = list(csv.reader(text.splitlines()))
assert len(rows) == 1 + 6 * 6 and {len(r) for r in rows} == {len(rows[0])}
assert {r[0] for r in rows[1:]} == {"one, step", "soft"}
assert all((r[rows[0].index("beta")] == "") == (r[0] == "one, step") for r in rows[1:])
PY
ok "TSV too" sh -c "'$basin' export a.yaml | awk -F '\t' 'NR == 1 { n = NF } NF != n { exit 1 } END { exit NR != 37 }'"
says "an unknown format of export" 2 'tsv, csv or jsonl' "$basin" export a.yaml --format xls
ok "a figure for LaTeX" "$basin" plot a.yaml --format tex --quiet
ok "has its picture, and labels that LaTeX can read" sh -c "test -s plots/a/errors.pdf && grep -qF 'strut{}a\\_b' plots/a/errors.tex"
