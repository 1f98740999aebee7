#!/bin/bash
# The ledger: claims of several results in one table, compared with one on record; the
# table in README.md is the one that the ledger on record gives.
source "$(dirname "$0")/lib.sh"

config() {
    cat > "configs/$1.yaml" <<YAML
experiment: retrieval
replicates: 4
patterns: {kind: polar, dimension: 100}
cues: 4
rules:
  - {label: a, rule: classical, steps: 1}
sweep:
  - grid: {load: [0.03, 0.05]}
figures:
  - {name: picture, x: load, y: error}
claims:
  - {id: holds, says: "few | errors", measure: {statistic: mean, of: error}, expect: {at_most: 0.1}}
  - {id: fails, says: many errors, control: true, measure: {statistic: mean, of: error}, expect: {at_least: 0.4}}
YAML
    "$basin" run "$1.yaml" --quiet
}

says "no results, no ledger" 4 'basin run' "$basin" report
config one
config two
says "the ledger counts verdicts" 0 '2 supported, 2 contradicted (of them 2 known to be false), 0 undecided.' "$basin" report
says "a separator in a claim does not split its cell" 0 'few \| errors' "$basin" report
says "a row names its figure" 0 '| two/picture |' "$basin" report
"$basin" report --format tsv --out record.tsv
ok "every row of the TSV has all columns" awk -F '\t' 'NF != 16 { exit 1 }' record.tsv
ok "nothing changed" "$basin" report --against record.tsv
ok "nothing changed, nothing said" test -z "$("$basin" report --against record.tsv)"
ok "a part of the results may be compared" "$basin" report results/one/one.h5 --against record.tsv

sed 's/^two\tholds\tsupported/two\tholds\tundecided/' record.tsv > other.tsv
says "another verdict is told" 1 'two holds: was undecided, is supported: ' "$basin" report --against other.tsv
grep -v '^one.fails' record.tsv > other.tsv
says "a claim that is new is told" 1 'one fails: was not there, is contradicted: ' "$basin" report --against other.tsv
printf 'two\tmore\tsupported\n' | cat record.tsv - > other.tsv
says "a claim that is gone is told" 1 'two more: was supported, is gone' "$basin" report --against other.tsv
sed 's/^one\tholds\t.*/one/' record.tsv > other.tsv
says "a broken ledger is refused with its line" 4 'other.tsv:2: a row of a ledger has' "$basin" report --against other.tsv
sed -e 's/^one/three/' -e 's/^two/four/' record.tsv > other.tsv
says "a ledger of other configurations is no comparison" 2 'no configuration in common' "$basin" report --against other.tsv
says "a missing ledger" 4 'cannot read none.tsv' "$basin" report --against none.tsv

echo 'experiment: none' > configs/broken.yaml
says "what cannot be run is passed over and named" 0 'not run: broken' \
    env BASIN="$basin" PLOTS=plots "$top/src/report/reproduce.sh" results configs/broken.yaml configs/one.yaml
says "the rest is judged" 0 '1 supported, 1 contradicted (of them 1 known to be false), 0 undecided.' cat results/LEDGER.md
ok "and drawn" test -s plots/one/picture.svg

record=$top/results/reference/ledger.tsv
cp "$top/README.md" README.md
(cd "$top" && src/report/ledger.sh summary "$record") | "$top/src/report/insert.sh" ledger README.md
ok "README.md has the summary of the ledger on record (make reference)" diff "$top/README.md" README.md
"$top/src/report/ledger.sh" page "$record" > LEDGER.md
ok "LEDGER.md is the page of the ledger on record" diff "$top/results/reference/LEDGER.md" LEDGER.md
ok "it has a row for every claim" test \
    "$(grep -c '](../../configs/' LEDGER.md)" -eq "$(($(wc -l < "$record") - 1))"
awk -F '\t' 'NR > 1 && $3 == "contradicted" && $4 == "no" { print $10 }' "$record" | sed 's/[|<*]/\\&/g' > contradicted
ok "README.md shows every claim that is contradicted" sh -c \
    'test -s contradicted && while read -r says; do grep -qF -- "| $says |" README.md || exit; done < contradicted'

# src/docs/claims.md: every claim that it names is in the configuration that it names.
named() {
    local n=0 config id missing=()
    while IFS=/ read -r config id; do
        n=$((n + 1))
        grep -qxF -- "  - id: $id" "$top/configs/$config.yaml" || missing+=("$config/$id")
    done < <(grep -o '`[a-z-]*/[A-Z][A-Za-z0-9.-]*`' "$1" | tr -d '`')
    [ "$n" -gt 100 ] && [ ${#missing[@]} -eq 0 ] && return
    echo "$n claims are named; not there: ${missing[*]}"
    return 1
}
ok "claims.md names claims that there are" named "$top/src/docs/claims.md"
sed 's/H1[.]8`/H1.9`/' "$top/src/docs/claims.md" > renamed.md
says "and one that is not there is noticed" 1 "not there: energy/H1.9" named renamed.md
