#!/bin/bash
# Writes the table of a ledger (TSV, as `basin report` makes it) into a Markdown file, in
# place of what stands between the two lines that mark it.
#   src/report/readme.sh LEDGER.tsv README.md
set -eu
ledger=$1
page=$2
new=$(mktemp)
trap 'rm -f "$new"' EXIT
awk -F '\t' -v ledger="$ledger" '
function cell(text) {
    gsub(/[|<*]/, "\\\\&", text)
    return text
}
function table(    line, column, i, n, measured) {
    getline line < ledger
    n = split(line, column, "\t")
    for (i = 1; i <= n; i++) {
        at[column[i]] = i
    }
    family = "p_family" in at
    print ""
    print "| claim | expected | measured | verdict | configuration |"
    print "|---|---|---|---|---|"
    while ((getline line < ledger) > 0) {
        split(line, column, "\t")
        measured = column[at["estimate"]]
        if (column[at["low"]] != column[at["high"]]) {
            measured = measured " (" column[at["low"]] " to " column[at["high"]] ")"
        }
        printf "| %s%s | %s | %s | %s | [%s](configs/%s.yaml) |\n",
            cell(column[at["says"]]), column[at["control"]] == "yes" ? " †" : "",
            cell(column[at["expected"]]), measured,
            column[at["verdict"]] (family && column[at["p_family"]] + 0 > 0.05 ? " ‡" : ""),
            column[at["config"]], column[at["config"]]
    }
    print ""
    print "† known to be false: it has to be contradicted."
    if (family) {
        print ""
        print "‡ not beyond doubt among so many: falls if the chance of even one false"
        print "verdict in the table is held to 5 % (Holm)."
    }
    print ""
}
/^<!-- ledger -->$/ { print; table(); inside = 1 }
/^<!-- end of ledger -->$/ { inside = 0 }
!inside { print }
' "$page" > "$new"
cmp -s "$new" "$page" || cat "$new" > "$page"
