#!/bin/bash
# Every small configuration runs, draws and judges; every emitted script can be executed
# on its own; a results file opens with its names in other tools.
source "$(dirname "$0")/lib.sh"
ln -s "$top/LICENSE" . # a text to learn from

for config in "$top"/configs/ci/*.yaml; do
    name=$(basename "$config" .yaml)
    ok "ci/$name runs" "$basin" run "$config" --quiet
    ok "ci/$name draws" "$basin" plot "$config" --quiet
    ok "ci/$name keeps its claims" "$basin" check "$config"
    for script in plots/quick/"$name"/*.gp; do
        [ -e "$script" ] || continue
        ok "$script draws by itself" sh -c "cd $(dirname "$script") && gnuplot -c $(basename "$script") svg"
    done
done

results=(results/quick/*/*.h5)
ok "cells of a clocked experiment run one at a time" grep -q "^threads: 1$" results/quick/scaling/provenance.yaml
first=${results[0]}
ok "ncdump reads $first" ncdump -h "$first"
ok "the stored file draws alone" "$basin" plot "$first" --quiet
ok "the stored file is judged alone" "$basin" check "$first" --format junit --out junit.xml
ok "it exports" "$basin" export "$first" --out table.tsv
ok "no verdict differs from those on record" "$basin" report "${results[@]}" --against "$top/results/reference/quick.tsv"
