#!/bin/bash
# What README shows works as it stands: the first command, the configuration, the verbs.
# (The second command is the one that runs this test.)
source "$(dirname "$0")/lib.sh"

readme="$top/README.md"
command=$(sed -n 's/^    \(make setup experiment .*\)$/\1/p' "$readme")
ok "README has its first command" test -n "$command"

# In a folder that shares all but its results with this one.
mkdir fresh
for part in Makefile src experiments tests configs build .git; do
    ln -s "$top/$part" fresh/
done
ok "README's first command: $command" sh -c "cd fresh && $command"
ok "and has drawn the picture" test -s fresh/plots/capacity/overlap.png

# The indented block behind the heading "A configuration".
sed -n '/^## A configuration/,/^`basin list`/s/^    //p' "$readme" > configs/readme.yaml
ok "README's configuration makes a plan" "$basin" plan readme.yaml
ok "and runs" "$basin" run readme.yaml --quiet --set 'sweep.0.grid.dimension=[100]' --set replicates=4
ok "and draws" "$basin" plot readme.yaml --quiet --set 'sweep.0.grid.dimension=[100]' --set replicates=4
verbs=$(sed -n 's/.*`basin \([a-z]*\)`.*/\1/p' "$readme" | sort -u)
for verb in $verbs; do
    ok "README's verb $verb has help" "$basin" "$verb" --help
done
for path in $(grep -o '](plots/reference/[^)]*)' "$readme" | tr -d '()]'); do
    ok "README's picture $path is there" test -s "$top/$path"
done
