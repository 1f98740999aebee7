#!/bin/sh
# Dependencies point down this list only: a file may include its own layer and those below.
set -eu
cd "$(dirname "$0")/.."

layers="base config kernels patterns features rules measure theory transformer experiments store run plot claims report cli"

rank() {
    i=0
    for layer in $layers; do
        [ "$layer" = "$1" ] && { echo $i; return; }
        i=$((i + 1))
    done
    echo "tests/layers.sh: unknown layer $1" >&2
    exit 1
}

bad=0
for file in src/*/*.[ch] experiments/*.[ch]; do
    own=${file#src/}
    own=${own%%/*}
    layers_included=$(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$file" | sort -u)
    for included in $layers_included; do
        if [ "$(rank "$included")" -gt "$(rank "$own")" ]; then
            echo "$file includes $included/, which is above $own"
            bad=1
        fi
    done
done
exit $bad
