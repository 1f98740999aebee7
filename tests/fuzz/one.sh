#!/bin/bash
# Runs one fuzzer that is built already, from its corpus in the tree and what it found before.
#   tests/fuzz/one.sh fuzz_config SECONDS
set -eu
name=$1 seconds=$2
found=build/fuzz/corpus/$name
known=tests/fuzz/corpus/${name#fuzz_}
mkdir -p "$found"
[ -d "$known" ] || known=
# Leaks are not looked for: libhdf5 keeps its own on damaged files.
ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 "build/fuzz/fuzz/$name" -seed=1 \
    -max_total_time="$seconds" -detect_leaks=0 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix=build/fuzz/ "$found" ${known:+"$known"}
