#!/bin/bash
# A configuration or a results file from a stranger: it runs no command and writes nowhere
# but in its folder, and takes no more memory than the plan says.
source "$(dirname "$0")/lib.sh"

cat > configs/evil.yaml <<'YAML'
experiment: retrieval
title: "a'b\"c `touch evil1` \nsystem('touch evil2')\n'.system(\"touch evil3\").' @x"
replicates: 2
patterns: {kind: polar, dimension: 30}
cues: 4
rules:
  - {label: "it's `touch evil4`", rule: classical, steps: 1}
  - {label: "\"\nsystem \"touch evil5\"\n!touch evil6", rule: classical}
sweep: [{grid: {load: [0.05, 0.1]}}]
figures:
  - {name: curve, title: "x'; system('touch evil7') #", x: load, y: overlap}
claims:
  - {id: c, says: "<script>'`touch evil9`' | $(touch evil9)", measure: {statistic: mean, of: overlap, where: {label: "it's `touch evil4`"}}, expect: {at_least: 0}}
YAML
ok "a configuration full of quotes and commands runs" "$basin" run evil.yaml --quiet
ok "and draws" "$basin" plot evil.yaml --quiet
ok "and its scripts draw by themselves" sh -c "cd plots/evil && gnuplot -c curve.gp svg"
ok "and is judged" "$basin" check evil.yaml
ok "and reported" "$basin" report
ok "no command of it was run" test -z "$(find . -name 'evil[0-9]*')"

for name in ../up a/b /tmp/x .hidden 'a b' "a'b" '`touch evil1`'; do
    sed "s|name: curve|name: \"$name\"|" configs/evil.yaml > configs/name.yaml
    says "a figure called $name is refused" 2 "cannot be a file's name" "$basin" run name.yaml
done

"$(command -v /usr/bin/python3 || echo python3)" - <<'PY'
import h5py
with h5py.File('results/evil/evil.h5', 'r+') as f:
    f.attrs['name'] = '../../elsewhere'
PY
says "a stored name that leads elsewhere is refused" 4 'which is no name for a folder' "$basin" plot results/evil/evil.h5
ok "and nothing is written there" test ! -e ../elsewhere -a ! -e elsewhere

says "more cells than max_cells are refused" 2 "more than max_cells" "$basin" plan evil.yaml --set 'sweep=[{grid: {load: {linspace: [0.01, 0.1, 1000000]}, cue.flip: {linspace: [0, 0.5, 1000]}}}]'
says "a plan tells its memory" 0 "of memory)" "$basin" plan evil.yaml
says "a plan that needs too much is refused" 2 "BASIN_MEMORY" "$basin" run evil.yaml --set replicates=1000000 --set 'sweep=[{grid: {load: {linspace: [0.05, 0.1, 1000]}}}]' --out large
ok "before anything is made" test ! -e large
cat > configs/wide.yaml <<'YAML'
experiment: retrieval
patterns: {kind: polar, dimension: 1000000}
patterns_count: 1000000
rules: [{label: a, rule: classical}]
YAML
says "a cell that works in too much is refused" 2 "works in about 1.49e+04 GiB of memory" "$basin" run wide.yaml
says "by plan, too" 2 "BASIN_MEMORY" "$basin" plan wide.yaml
says "and this limit can be moved" 0 "a cell works in up to 1.6e+07 MB" env BASIN_MEMORY=20000 "$basin" plan wide.yaml
says "the limit can be moved" 2 "BASIN_MEMORY" env BASIN_MEMORY=0.00001 "$basin" run evil.yaml --out large --set replicates=1000
