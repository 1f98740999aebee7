# What the pages of the ledger share: reads a ledger (TSV, as `basin report --format tsv`
# writes it); at[NAME] is a column; measured() and row() print what the tables show.
BEGIN { FS = "\t" }

function cell(text) {
    gsub(/[|<*]/, "\\\\&", text)
    return text
}

function measured() {
    return $at["estimate"] ($at["low"] == $at["high"] ? "" : " (" $at["low"] " to " $at["high"] ")")
}

# control: contradicted as it should be; else the verdict
function kind() {
    return $at["control"] == "yes" && $at["verdict"] == "contradicted" ? "control" : $at["verdict"]
}

# falls where the chance of any false verdict in the table is held to 5 % (Holm)
function falls() {
    return ("p_family" in at) && $at["p_family"] + 0 > 0.05
}

function row(configs) {
    return sprintf("| %s%s | %s | %s | %s%s | [%s](%s/%s.yaml) |", cell($at["says"]),
        $at["control"] == "yes" ? " †" : "", cell($at["expected"]), measured(),
        $at["verdict"], falls() ? " ‡" : "", $at["config"], configs, $at["config"])
}

function head() {
    return "| claim | expected | measured | verdict | configuration |\n|---|---|---|---|---|"
}

function remarks() {
    return "† known to be false: it has to be contradicted. ‡ not beyond doubt among so many:\n" \
        "falls if the chance of even one false verdict in the table is held to 5 % (Holm)."
}

FNR == 1 {
    for (i = 1; i <= NF; i++) {
        at[$i] = i
    }
    next
}
