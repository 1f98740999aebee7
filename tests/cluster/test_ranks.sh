#!/bin/bash
# Ranks: the bytes of one thread, whatever cells cost, fail, or are killed.
source "$(dirname "$0")/../cli/lib.sh"
synthetic="$top/build/release-mpi/synthetic"
single="$top/build/release/synthetic"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

ranks() {
    mpirun --oversubscribe -n "$@"
}

cat > configs/n.yaml <<'YAML'
experiment: synthetic
replicates: 2
wait: 50
spread: 1000
fail: 9
fails_while: broken
sweep: [{grid: {index: {range: [1, 200, 1]}}}]
YAML
ok "one thread" "$single" run n.yaml --out one --jobs 1 --quiet
says "four ranks" 0 "400 of 400 replicates of cells run" ranks 4 "$synthetic" run n.yaml --out four
ok "give the bytes of one thread" cmp one/n.h5 four/n.h5
says "costs that the plan does not know" 0 "400 of 400" ranks 3 "$synthetic" run n.yaml --out blind --set known=false
ok "a program with MPI, started alone, is as any other" "$synthetic" run n.yaml --out alone --quiet
ok "and gives the same bytes" cmp one/n.h5 alone/n.h5

touch broken
says "a rank's failing cell is recorded, the rest goes on" 3 "44 of 400 failed, the others are stored" ranks 4 "$synthetic" run n.yaml --out failing
rm broken
ok "and can be run again" ranks 2 "$synthetic" run n.yaml --out failing --retry-failed --quiet
ok "to the same bytes" cmp one/n.h5 failing/n.h5

for delay in 1 1.3 1.7; do
    ranks 4 "$synthetic" run n.yaml --out killed --quiet --set wait=200 &
    sleep $delay
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
    sleep 0.5
done 2>/dev/null
ok "goes on after kills" ranks 4 "$synthetic" run n.yaml --out killed --quiet --set wait=200
ok "one thread for comparison" "$single" run n.yaml --out slow --quiet --set wait=200 --jobs 8
ok "to the same bytes" cmp slow/n.h5 killed/n.h5

for i in 1 2; do
    ok "shard $i of 2 by three ranks" ranks 3 "$synthetic" run n.yaml --shard $i/2 --quiet
done
ok "merges" "$single" merge n.yaml
ok "to the same bytes" cmp one/n.h5 results/n/n.h5

says "a wrong configuration is told once" 2 'did you mean "spread"?' ranks 3 "$synthetic" run n.yaml --set spraed=3
says "another plan in the folder" 2 "--extend" ranks 3 "$synthetic" run n.yaml --out four --set seed=7
says "a program without MPI refuses ranks" 2 "make MPI=1" ranks 2 "$single" run n.yaml --out none
cp "$top/configs/ci/capacity.yaml" configs/
ok "a real configuration on one thread" "$top/build/release/basin" run capacity.yaml --out real --jobs 1 --quiet
ok "and on four ranks" ranks 4 "$top/build/release-mpi/basin" run capacity.yaml --quiet
ok "gives the same bytes" cmp real/capacity.h5 results/capacity/capacity.h5
