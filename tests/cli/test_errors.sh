#!/bin/bash
# Bad input: one clear message that says where, what, and what would be right; exit code
# 2; nothing run, nothing written.
source "$(dirname "$0")/lib.sh"

base() {
    cat <<'YAML'
experiment: retrieval
replicates: 2
patterns: {kind: polar, dimension: 50}
load: 0.1
cues: 4
rules:
  - {label: a, rule: classical, steps: 1}
YAML
}

# bad NAME TEXT SED-SCRIPT: the base configuration, edited, must be refused with the text.
bad() {
    base | sed -e "$3" > configs/bad.yaml
    says "$1" 2 "$2" "$basin" run bad.yaml
    [ ! -e results ] || echo "not ok - $1: something was written"
}

base > configs/good.yaml
says "a missing configuration names its neighbour" 2 'did you mean good.yaml?' "$basin" run god.yaml
bad "a misspelt key" 'configs/bad.yaml:3:1: ' 's/^patterns/paterns/'
bad "a misspelt key has a suggestion" 'did you mean "patterns"?' 's/^patterns/paterns/'
bad "a misspelt rule" 'did you mean "classical"?' 's/rule: classical/rule: clasical/'
bad "a misspelt field of a rule" 'did you mean "steps"?' 's/steps: 1/stepps: 1/'
bad "a value out of range" 'configs/bad.yaml:8:13: ' '$a cue: {flip: 1.5}'
bad "text for a number" 'configs/bad.yaml:4:7: ' 's/load: 0.1/load: much/'
bad "a number in quotes" 'configs/bad.yaml:4:7: ' 's/load: 0.1/load: "0.1"/'
bad "a duplicate key" 'configs/bad.yaml:8:1: ' '$a load: 0.2'
bad "an empty sweep" 'configs/bad.yaml:8:' '$a sweep: []'
bad "lists of unequal length in a zip" 'configs/bad.yaml:8:' '$a sweep: [{zip: {dimension: [10, 20], load: [0.1]}}]'
bad "a misspelt axis" 'did you mean "dimension"?' '$a sweep: [{grid: {dimensoin: [10, 20]}}]'
bad "a misspelt metric in a figure" 'did you mean "overlap"?' '$a sweep: [{grid: {dimension: [10, 20]}}]\nfigures: [{name: f, x: dimension, y: overlapp}]'
bad "a misspelt metric in a claim" 'did you mean "overlap"?' '$a claims: [{id: c, says: s, measure: {statistic: mean, of: overlapp}, expect: {at_least: 0}}]'
bad "no number of patterns" 'patterns_count or load' '/^load/d'
bad "a rule that cannot store the patterns" 'cannot store' 's/kind: polar/kind: gaussian/'
bad "syntax" 'configs/bad.yaml:' 's/load: 0.1/load: [0.1/'
says "an unknown verb" 2 'did you mean "run"?' "$basin" rnu good.yaml
says "an unknown option" 2 'did you mean --jobs?' "$basin" run good.yaml --job 2 --jbos 3
says "an option without its number" 2 '--jobs takes a number' "$basin" run good.yaml --jobs many
says "help" 0 'exit codes' "$basin" --help
says "no result yet" 4 'basin run' "$basin" check good.yaml
