#!/bin/bash
# A Slurm of one node: the array script, a task that is killed and given again, and ranks
# by srun.
source "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=tests/cluster/slurm.sh
source "$top/tests/cluster/slurm.sh"
synthetic="$top/build/release/synthetic"
if [ "$(id -u)" -ne 0 ] || ! command -v slurmctld >/dev/null || ! command -v munged >/dev/null; then
    echo "passed over: a Slurm of one node needs root, slurm-wlm and munge"
    exit
fi
trap 'slurm_stop; rm -rf "$work"' EXIT
slurm_start || { echo "not ok - Slurm starts"; tail -n 5 "$slurm_folder/slurmctld.log"; exit; }
echo "ok - Slurm starts"

cat > configs/a.yaml <<'YAML'
experiment: synthetic
wait: 500
spread: 100
sweep: [{grid: {index: {range: [1, 300, 1]}}}]
YAML
export BASIN="$synthetic"

# array TASKS ARGUMENT...: gives the array script to Slurm; leaves the job's number in $job.
array() {
    local tasks=$1
    shift
    job=$(sbatch --parsable --array="$tasks" --output="$work/task-%A-%a.log" "$top/src/run/array.sh" "$@" --quiet)
}

# Waits until no task is left (`sbatch --wait` asks seldom); what they printed goes here.
finish() {
    while squeue -h -j "$job" 2>/dev/null | grep -q .; do
        sleep 0.1
    done
    cat "$work/task-$job"-*.log
}

ok "one run" "$synthetic" run a.yaml --out one --jobs 8 --quiet
array 1-4 a.yaml 4
ok "an array of four tasks" finish
says "merges" 0 "300 of 300 replicates of cells merged" "$synthetic" merge a.yaml
ok "to the bytes of one run" cmp one/a.h5 results/a/a.h5

# One task is cancelled half-way; its number is given again.
array 1-2 a.yaml 2 --out again
for _ in $(seq 100); do
    [ "$(squeue -h -r -t R -j "$job" | wc -l)" -eq 2 ] && break
    sleep 0.05
done
sleep 0.3
scancel --signal=KILL "${job}_1"
finish >/dev/null
says "what a killed task did not do is missing" 3 "are missing; what is there is stored" "$synthetic" merge a.yaml --out again
array 1-2 a.yaml 2 --out again
ok "the tasks are given again and go on" finish
ok "and merges" "$synthetic" merge a.yaml --out again
ok "to the bytes of one run" cmp one/a.h5 again/a.h5

says "ranks by srun" 0 "300 of 300 replicates of cells run" srun --mpi=pmix -n 2 --overcommit "$top/build/release-mpi/synthetic" run a.yaml --out srun
ok "give the bytes of one run" cmp one/a.h5 srun/a.h5
