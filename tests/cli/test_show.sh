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
ok "as sixels and as kitty's pictures, every figure whole" /usr/bin/python3 - "$basin" <<'PY'
import base64, re, struct, subprocess, sys
show = lambda form: subprocess.run([sys.argv[1], "show", "a.yaml", "--format", form], capture_output=True).stdout
# A sixel picture names its size and draws rows of six pixels, until all are drawn.
sixels = re.findall(rb'\x1bPq"1;1;(\d+);(\d+)(.*?)\x1b\\', show("sixel"), re.S)
assert len(sixels) == 2
for width, height, rows in sixels:
    assert int(width) > 400 and abs(rows.count(b"-") - int(height) / 6) <= 1, (width, height, rows.count(b"-"))
pictures, data = [], b""
for keys, chunk in re.findall(rb"\x1b_G(.*?);(.*?)\x1b\\", show("kitty"), re.S):
    assert len(chunk) <= 4096 and (data or b"f=100,a=T" in keys)
    data += chunk
    if b"m=0" in keys:
        pictures.append(base64.b64decode(data, validate=True))
        data = b""
assert len(pictures) == 2 and not data
for picture in pictures:
    assert picture[:8] == b"\x89PNG\r\n\x1a\n" and picture[-8:-4] == b"IEND" and struct.unpack(">2I", picture[16:24])[0] > 600
PY
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
ok "a figure for LaTeX, and in PDF" "$basin" plot a.yaml --format pdf,tex --size single --quiet
ok "has its picture, and labels that LaTeX can read" sh -c "test -s plots/a/errors-tex.pdf && grep -qF 'strut{}a\\_b' plots/a/errors-tex.tex"
if command -v pdflatex >/dev/null; then
    printf '%s\n' '\documentclass{article}' '\usepackage{graphicx,xcolor}' '\graphicspath{{plots/a/}}' '\begin{document}' \
        '\input{plots/a/errors-tex.tex}' '\input{plots/a/map-tex.tex}' '\end{document}' > paper.tex
    ok "LaTeX sets both figures" pdflatex -halt-on-error -interaction=nonstopmode paper.tex
fi
says "an unknown size" 2 'single (84 mm wide), double (174 mm)' "$basin" plot a.yaml --size 12
