#!/bin/bash
# Runs configurations, draws their figures and writes the ledger of all their claims. Cells
# that are done already are not run again. A configuration that cannot be run (what it
# reads is not here) is passed over and named at the end.
#   src/report/reproduce.sh RESULTS CONFIG...
# The command is $BASIN; $JOBS is its number of threads; $PLOTS, if set, is where figures go.
set -u
results=$1
shift
failed=()
judged=()
for config in "$@"; do
    name=$(basename "$config" .yaml)
    stored=$results/$name/$name.h5
    echo "== $name"
    "$BASIN" run "$config" --out "$results/$name" --extend ${JOBS:+--jobs "$JOBS"}
    case $? in
    0 | 3) ;; # some cells may have failed: their claims are undecided
    130) exit 130 ;;
    *) failed+=("$name") && continue ;;
    esac
    judged+=("$stored")
    [ -z "${PLOTS:-}" ] || "$BASIN" plot "$stored" --out "$PLOTS/$name" --quiet || exit
done
"$BASIN" report "${judged[@]}" --out "$results/LEDGER.md" || exit
"$BASIN" report "${judged[@]}" --format tsv --out "$results/ledger.tsv" || exit
[ -z "${PLOTS:-}" ] || "$BASIN" report "${judged[@]}" --format html --out "$results/report.html" || exit
head -n 1 "$results/LEDGER.md"
echo "$results/LEDGER.md"
[ ${#failed[@]} -eq 0 ] || echo "not run: ${failed[*]}"
