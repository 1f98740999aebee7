#!/bin/bash
# Pages that come from tables are what the tables give; help, manual and completion name
# every verb; every experiment has a configuration to begin with.
source "$(dirname "$0")/lib.sh"

"$basin" docs reference > reference.yaml
ok "configs/reference.yaml is what the fields give (make docs)" diff reference.yaml "$top/configs/reference.yaml"
cp "$top/src/docs/conventions.md" conventions.md
"$basin" docs conventions | "$top/src/report/insert.sh" conventions conventions.md
ok "the table of conventions is what the fields give (make docs)" diff conventions.md "$top/src/docs/conventions.md"
ok "the reference is YAML" /usr/bin/python3 -c 'import sys, yaml; assert yaml.safe_load(open("reference.yaml"))["rules"]["modern"]["beta"] == 1'

verbs=$("$basin" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
"$basin" docs man > basin.1
"$basin" docs bash > basin.bash
"$basin" docs zsh > _basin
for verb in $verbs; do
    ok "verb $verb has help, a section of the manual, completion" sh -c \
        "'$basin' $verb --help | grep -q '^usage: basin $verb' && grep -q '^.SS basin $verb ' basin.1 && grep -q '^    $verb)' basin.bash && grep -q '^    $verb)' _basin"
done
if command -v groff >/dev/null; then
    ok "the manual page has no error" sh -c 'test -z "$(groff -man -Tascii -ww basin.1 2>&1 >/dev/null)"'
fi
ok "the completion is valid bash" bash -n basin.bash
# complete WORD...: what bash offers for the last word.
complete_words() {
    # shellcheck source=/dev/null
    (source ./basin.bash && COMP_WORDS=(basin "$@") && COMP_CWORD=$# && _basin && echo "${COMPREPLY[@]}")
}
says "bash completes a verb" 0 'report' complete_words rep
says "bash completes an option" 0 '--replace' complete_words run --rep
says "bash completes an experiment" 0 'retrieval' complete_words new retr
if command -v zsh >/dev/null; then
    ok "the completion is valid zsh" zsh -n _basin
fi

for experiment in $("$basin" list experiments | sed -n 's/^  \([a-z]*\)  *[a-z].*/\1/p'); do
    [ "$experiment" != fields ] || continue
    "$basin" new "$experiment" --out "configs/$experiment.yaml"
    ok "new $experiment makes a plan" "$basin" plan "$experiment.yaml"
done
says "an unknown experiment" 2 'did you mean "retrieval"?' "$basin" new retreival
says "an unknown page" 2 'there are man' "$basin" docs woman
says "an unknown list" 2 'did you mean "rules"?' "$basin" list rule
says "metrics are listed" 0 'fraction of cues recalled' "$basin" list metrics
