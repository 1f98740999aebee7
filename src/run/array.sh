#!/bin/bash
# A configuration as an array of Slurm tasks, one shard each:
#
#   sbatch --array=1-20 src/run/array.sh capacity.yaml 20
#
# and, when they are done, the result:
#
#   sbatch --dependency=afterany:JOB --wrap "build/release/basin merge capacity.yaml"
#
# `basin plan` tells how many shards make tasks of ten minutes. Tasks that were killed or
# timed out are given again by their numbers (--array=3,7): they go on where they were. What
# follows the number of shards goes to `basin run` (--set, --out ...), and must then go to
# `basin merge`, too.
#SBATCH --job-name=basin
#SBATCH --cpus-per-task=1
#SBATCH --time=01:00:00
#SBATCH --signal=TERM@60
set -eu
config=$1
shards=$2
shift 2
exec "${BASIN:-build/release/basin}" run "$config" --shard "$SLURM_ARRAY_TASK_ID/$shards" \
    --jobs "${SLURM_CPUS_PER_TASK:-1}" "$@"
