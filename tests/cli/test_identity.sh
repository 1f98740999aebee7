#!/bin/bash
# The same bytes whatever befell the run: threads, 50 kills at random times, cells that
# failed and were run again later, in one run or in shards.
source "$(dirname "$0")/lib.sh"
synthetic="$top/build/release/synthetic"

cat > configs/i.yaml <<'YAML'
experiment: synthetic
replicates: 4
wait: 300
spread: 20
fail: 7
fails_while: broken
sweep: [{grid: {index: {range: [1, 150, 1]}}}]
YAML

ok "one thread" "$synthetic" run i.yaml --out one --jobs 1 --quiet
ok "two threads" "$synthetic" run i.yaml --out two --jobs 2 --quiet
ok "give the same bytes" cmp one/i.h5 two/i.h5

# The times are drawn anew in each run of this test.
for _ in $(seq 50); do
    "$synthetic" run i.yaml --out killed --jobs 2 --quiet 2>/dev/null &
    sleep "0.0$((RANDOM % 90 + 10))"
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
done
ok "goes on after 50 kills" "$synthetic" run i.yaml --out killed --quiet
ok "to the same bytes" cmp one/i.h5 killed/i.h5

touch broken
says "failing cells are recorded, the rest goes on" 3 "84 of 600 failed, the others are stored" "$synthetic" run i.yaml --out failing
says "and told at once, with a command" 3 "alone: basin run i.yaml --only index=" "$synthetic" run i.yaml --out failing --retry-failed
says "status lists them" 0 "injected into cell 7" "$synthetic" status i.yaml --out failing
says "explain tells what becomes of them" 0 "it failed; --retry-failed runs it again: injected into cell 7" "$synthetic" explain i.yaml index=7 --out failing
"$synthetic" run i.yaml --shard 1/2 --out half --quiet 2>/dev/null
rm broken
ok "they can be run again" "$synthetic" run i.yaml --out failing --retry-failed --quiet
ok "to the same bytes" cmp one/i.h5 failing/i.h5
"$synthetic" run i.yaml --shard 2/2 --out half --quiet
says "a shard with failures is merged" 3 "failed, the others are stored" "$synthetic" merge i.yaml --out half
ok "what failed there is measured elsewhere" "$synthetic" merge i.yaml --out half half/shards/1-of-2 one half/shards/2-of-2
ok "to the same bytes" cmp one/i.h5 half/i.h5
ok "a late failure does not undo it" "$synthetic" merge i.yaml --out half half/shards/1-of-2
ok "nor change a byte" cmp one/i.h5 half/i.h5

# From another terminal, while it runs.
"$synthetic" run i.yaml --out slow --jobs 1 --quiet --set wait=20000 --set spread=1 &
sleep 2.5
says "status tells how fast a run is" 0 "1 at work: " "$synthetic" status i.yaml --out slow --set wait=20000 --set spread=1
says "a second run in its folder is kept out" 4 "another run is writing slow/journal.bin" "$synthetic" run i.yaml --out slow --set wait=20000 --set spread=1
kill -TERM $!
wait $!
says "a stopped run has no speed" 0 "no run is at work" "$synthetic" status i.yaml --out slow --set wait=20000 --set spread=1
