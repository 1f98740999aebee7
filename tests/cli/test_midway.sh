#!/bin/bash
# A cell that trains is killed and interrupted in its midst: it goes on where it was, on
# one thread or two, to the same bytes, and leaves nothing behind.
source "$(dirname "$0")/lib.sh"

cat > configs/m.yaml <<'YAML'
experiment: training
replicates: 2
updates: 500
every: 50
batch: 16
dropout: 0.1
tasks:
  - {label: copy, task: recall, neighbours: true}
sweep:
  - grid: {rate: [1e-3]}
YAML

ok "runs on one thread" "$basin" run m.yaml --jobs 1 --out one --quiet
ok "runs on four threads, two for each cell" "$basin" run m.yaml --jobs 4 --out four --quiet
ok "both give the same file" cmp one/m.h5 four/m.h5

# Killed as soon as something is kept; then told to stop.
"$basin" run m.yaml --jobs 2 --out killed --quiet &
for _ in $(seq 600); do
    compgen -G 'killed/unfinished-*.bin' > /dev/null && break
    sleep 0.05
done
kill -9 $!
wait $! 2>/dev/null
ok "a killed cell has kept something" sh -c 'ls killed/unfinished-*.bin'
"$basin" run m.yaml --jobs 2 --out killed --quiet &
sleep 0.5
kill -INT $!
wait $!
code=$?
ok "an interrupt ends with 130 (or it was done before)" test $code -eq 130 -o $code -eq 0
ok "it does so inside of a cell" sh -c 'ls killed/unfinished-*.bin || test -e killed/m.h5'
ok "goes on" "$basin" run m.yaml --jobs 1 --out killed --quiet
ok "ends in the same bytes" cmp one/m.h5 killed/m.h5
ok "nothing is left behind" sh -c '! ls killed/unfinished-*.bin'
