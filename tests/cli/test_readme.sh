#!/bin/bash
# What README and the pages in src/docs show works as it stands: every command in a block
# marked sh, in the order in which it stands; the recipes in other languages where these
# are installed; the links; the table of layers. (README's second command is the one that
# runs this test.)
source "$(dirname "$0")/lib.sh"

readme="$top/README.md"
command=$(sed -n 's/^    \(make setup experiment .*\)$/\1/p' "$readme")
ok "README has its first command" test -n "$command"

# In a folder that shares all but its results and configurations with this one.
mkdir fresh
for part in Makefile src experiments tests build .git; do
    ln -s "$top/$part" fresh/
done
cp -r "$top/configs" fresh/
cd fresh || exit
export PATH="$top/build/release:$PATH"
ok "README's first command: $command" sh -c "$command"
ok "and has drawn the picture" test -s plots/capacity/overlap.png

# block KIND PAGE: the lines of all blocks marked KIND.
block() {
    awk -v kind="\`\`\`$1" '$0 == "```" { inside = 0 } inside { print } $0 == kind { inside = 1 }' "$2"
}
pages=("$readme" "$top"/src/docs/{how-to,file-format,ci}.md)
for page in "${pages[@]}"; do
    name=$(basename "$page")
    while read -r line; do
        [ -z "$line" ] || ok "$name: $line" bash -c "$line"
    done < <(block sh "$page")
done

# recipe NAME INTERPRETER PROBE BLOCK: one recipe, if what it needs is there.
recipe() {
    if "$2" -e "$3" >/dev/null 2>&1 || "$2" -c "$3" >/dev/null 2>&1; then
        echo "$4" > recipe
        ok "file-format.md: the recipe for $1" "$2" recipe
    fi
}
page=$top/src/docs/file-format.md
# The n-th block of a kind.
nth() {
    awk -v kind="\`\`\`$1" -v n="$2" '$0 == "```" { inside = 0 } inside { print } $0 == kind && ++i == n { inside = 1 }' "$page"
}
recipe h5py /usr/bin/python3 'import h5py' "$(nth python 1)"
recipe xarray /usr/bin/python3 'import xarray, h5netcdf' "$(nth python 2)"
recipe "R's hdf5r" Rscript 'library(hdf5r)' "$(nth r 1)"
recipe R Rscript '1' "$(nth r 2)"
recipe Julia julia 'using HDF5' "$(nth julia 1)"
ok "ci.md: the workflow is YAML" /usr/bin/python3 -c 'import sys, yaml; assert "jobs" in yaml.safe_load(sys.stdin)' <<< "$(block yaml "$top/src/docs/ci.md")"

# The indented block behind the heading "A configuration".
sed -n '/^## A configuration/,/^`basin list`/s/^    //p' "$readme" > configs/readme.yaml
ok "README's configuration makes a plan" basin plan readme.yaml
small=(--set 'sweep.0.grid.dimension=[100]' --set replicates=4)
ok "and runs" basin run readme.yaml --quiet "${small[@]}"
ok "and draws" basin plot readme.yaml --quiet "${small[@]}"

# every PATTERN PAGE: the distinct words that stand behind a pattern, one a line.
every() {
    grep -o "$1" "$2" | sed 's/^](//; s/^`[a-z]* //; s/)$//' | sort -u
}
for page in "${pages[@]}" "$top"/src/docs/{conventions,extending,gallery}.md; do
    name=$(basename "$page")
    while read -r link; do
        [ -e "$(dirname "$page")/$link" ] || echo "not ok - $name links to $link, which is not there"
    done < <(every ']([a-zA-Z./][^):#]*)' "$page")
    while read -r verb; do
        basin "$verb" --help >/dev/null || echo "not ok - $name: there is no verb $verb"
    done < <(every '`basin [a-z][a-z]*' "$page")
    while read -r goal; do
        grep -q "^$goal:" "$top/Makefile" || echo "not ok - $name: there is no goal $goal"
    done < <(every '`make [a-z][a-z-]*' "$page")
done
# The table of layers from top to bottom is the list that tests/layers.sh holds includes to.
layers=$(sed -n 's/^layers="\(.*\)"/\1/p' "$top/tests/layers.sh" | tr ' ' '\n' | tac)
table=$(sed -n '/^<!-- layers -->/,/^<!-- end of layers -->/s/^| \(src\/\)\{0,1\}\([a-z]*\) |.*/\2/p' "$readme" | grep -v '^layer$')
ok "README's table of layers is that of tests/layers.sh" test "$layers" = "$table"
for folder in "$top"/src/*/; do
    name=$(basename "$folder")
    [ "$name" = docs ] || grep -q "^| src/$name |" "$readme" || echo "not ok - README does not name src/$name"
done
