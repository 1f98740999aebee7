#!/bin/bash
# The ledger as a page with a row for every claim, and as the summary in README.
#   src/report/ledger.sh page LEDGER.tsv       a page for results/reference
#   src/report/ledger.sh summary LEDGER.tsv    what README shows
set -eu
here=$(dirname "$0")
mode=$1
ledger=$2

# The claims that say most in one line; the others are in the page.
headlines="capacity/H-capacity capacity-size/H-capacity-infinite capacity-diagonal/H-diagonal
dense-capacity/D-quadratic separation/M5.7 fixed-points/M-metastable beta/B-contrast
confounds/CF-unit-dense kernel-bias/P7-qr-plane performer-denominator/P7-ratio-bias
spread-performer/S-performer spread-random/S-sharp"

if [ "$mode" = page ]; then
    awk -f "$here/ledger.awk" -f <(cat <<'AWK'
FNR == 2 { print "# Ledger\n\nEvery claim on record; its statistic and the origin of its tolerance are in\n[ledger.tsv](ledger.tsv).\n\n" head() }
{ print row("../../configs") }
END { print "\n" remarks() }
AWK
    ) "$ledger"
    exit
fi

awk -v headlines="$headlines" -f "$here/ledger.awk" -f <(cat <<'AWK'
function experiment(config,    line, file, name) {
    file = "configs/" config ".yaml"
    name = "?"
    while ((getline line < file) > 0) {
        if (line ~ /^experiment: /) {
            name = substr(line, 13)
            sub(/ *#.*/, "", name)
            break
        }
    }
    close(file)
    return name
}
BEGIN {
    n = split(headlines, word, /[ \n]+/)
    for (i = 1; i <= n; i++) {
        headline[word[i]] = i
    }
}
{
    config = $at["config"]
    if (!(config in of)) {
        of[config] = experiment(config)
        configs[of[config]]++
    }
    if (!(of[config] in seen)) {
        seen[of[config]] = ++experiments
        name[experiments] = of[config]
    }
    count[of[config], kind()]++
    total[kind()]++
    all++
    doubted += falls()
    if ((config "/" $at["id"]) in headline) {
        top[headline[config "/" $at["id"]]] = row("configs")
    }
    if (kind() == "contradicted" || $at["verdict"] == "undecided" || $at["control"] == "yes" && kind() != "control") {
        open[$at["verdict"]] = open[$at["verdict"]] row("configs") "\n"
    }
}
END {
    printf "**%d claims: %d supported, %d contradicted, %d undecided; %d negative controls are\n", all,
        total["supported"], total["contradicted"], total["undecided"], total["control"]
    printf "contradicted as they have to be.** "
    if ("p_family" in at) {
        printf "%d of the verdicts fall if the chance of even one false verdict in\nthe table is held to 5 %% (Holm). ", doubted
    }
    print "Every row is in\n[LEDGER.md](results/reference/LEDGER.md). A dozen of them:\n"
    print head()
    for (i = 1; i <= n; i++) {
        if (i in top) {
            print top[i]
        }
    }
    print "\nWhat does not hold:\n\n" head()
    printf "%s", open["contradicted"] open["supported"]
    print "\n<details><summary>What is not decided</summary>\n\n" head()
    printf "%s", open["undecided"]
    print "\n</details>\n\n<details><summary>Counts by experiment</summary>\n"
    print "| experiment | configurations | supported | contradicted | undecided | controls |\n|---|---|---|---|---|---|"
    for (i = 1; i <= experiments; i++) {
        e = name[i]
        printf "| %s | %d | %d | %d | %d | %d |\n", e, configs[e], count[e, "supported"],
            count[e, "contradicted"], count[e, "undecided"], count[e, "control"]
    }
    print "\n</details>\n\n" remarks()
}
AWK
) "$ledger"
