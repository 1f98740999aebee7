#!/bin/bash
# Killed anywhere and resumed, on one thread or two: the same bytes.
source "$(dirname "$0")/lib.sh"

cat > configs/r.yaml <<'YAML'
experiment: retrieval
replicates: 6
patterns: {kind: polar}
cue: {flip: 0.1}
cues: 20
rules:
  - {label: fixed point, rule: classical, update: async, energy: steps}
  - {label: one step, rule: classical, steps: 1}
sweep:
  - grid: {dimension: [100, 300], load: {linspace: [0.02, 0.24, 12]}}
YAML

ok "runs on one thread" "$basin" run r.yaml --jobs 1 --out one --quiet
ok "runs on two threads" "$basin" run r.yaml --jobs 2 --out two --quiet
ok "one and two threads give the same file" cmp one/r.h5 two/r.h5
says "a second run finds everything done" 0 "0 of 288 replicates of cells run" "$basin" run r.yaml --out two

for try in 1 2 3 4 5 6; do
    "$basin" run r.yaml --jobs 2 --out killed --quiet &
    sleep "0.0$((try * 3 % 10))"
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
done
ok "goes on after six kills" "$basin" run r.yaml --out killed --quiet
ok "ends in the same bytes" cmp one/r.h5 killed/r.h5

"$basin" run r.yaml --out torn --quiet
rm torn/r.h5
truncate -s -37 torn/journal.bin
says "a torn journal is mended" 0 "bytes of an unfinished record dropped" "$basin" run r.yaml --out torn
ok "and ends in the same bytes" cmp one/r.h5 torn/r.h5

says "another plan in the same folder is refused" 2 "--extend" "$basin" run r.yaml --out two --set replicates=7
ok "unless it may extend" "$basin" run r.yaml --out two --set replicates=7 --extend --quiet
"$basin" run r.yaml --out seven --set replicates=7 --quiet
ok "extended or fresh: the same bytes" cmp two/r.h5 seven/r.h5
ok "or may replace" "$basin" run r.yaml --out two --replace --quiet
ok "which gives the first file again" cmp one/r.h5 two/r.h5
ok "and has set the other aside" sh -c 'ls -d two.*'

"$basin" run r.yaml --out interrupted --quiet --jobs 1 &
sleep 0.05
kill -INT $!
wait $!
code=$?
ok "an interrupt ends with 130 (or it was done before)" test $code -eq 130 -o $code -eq 0
ok "and resumes" "$basin" run r.yaml --out interrupted --quiet
ok "to the same bytes" cmp one/r.h5 interrupted/r.h5
