#!/bin/bash
# Rules on what they cannot take: a configuration error where it can be known before
# anything is run, else failed replicates with the reason; never a NAN that says ok.
source "$(dirname "$0")/lib.sh"

# config PATTERNS RULE [MORE]: five patterns, one rule, one update.
config() {
    cat > configs/bad.yaml <<YAML
experiment: retrieval
replicates: 3
patterns_count: 5
cues: 4
patterns: {$1}
rules:
  - {label: a, steps: 1, $2}
${3:-}
YAML
    rm -rf results
}

# refused NAME TEXT PATTERNS RULE [MORE]: a configuration error; nothing is run.
refused() {
    config "$3" "$4" "${5:-}"
    says "$1" 2 "$2" "$basin" run bad.yaml
    [ ! -e results ] || echo "not ok - $1: something was written"
}

# fails NAME TEXT PATTERNS RULE [MORE]: every replicate fails, with a reason that is
# stored; what was measured is NAN.
fails() {
    config "$3" "$4" "${5:-}"
    says "$1" 3 "$2" "$basin" run bad.yaml --jobs 1
    ok "$1: it is stored as failed" sh -c "ncdump -v status results/bad/bad.h5 | grep -q 'status = 2, 2, 2'"
    ok "$1: nothing was measured" sh -c "ncdump -v error results/bad/bad.h5 | grep -Eq 'error = (NaN|_), (NaN|_), (NaN|_)'"
    ok "$1: the reason is stored" sh -c "ncdump -v reason results/bad/bad.h5 | grep -qF '$2'"
}

refused "Willshaw's rule on Gaussian patterns" 'rule "willshaw" cannot store continuous patterns, which source "gaussian" gives' \
    'kind: gaussian, dimension: 20' 'rule: willshaw'
refused "the covariance rule on polar patterns" 'rule "covariance" cannot store polar' \
    'kind: polar, dimension: 20' 'rule: covariance'
refused "a dense memory on binary patterns" 'rule "dense" cannot store binary' \
    'kind: binary, dimension: 20' 'rule: dense'
refused "binary patterns without a one" '0 of 20 units are 1' \
    'kind: binary, dimension: 20, activity: 0.01' 'rule: willshaw'
refused "more weights than patterns" 'top_k 6 is more than the 5 stored patterns' \
    'kind: polar, dimension: 20' 'rule: modern, separation: topk, top_k: 6'
refused "a softmax kernel without directions" 'needs random directions' \
    'kind: polar, dimension: 20' 'rule: performer, map: positive, directions: none'
refused "a power below 2" 'power' 'kind: polar, dimension: 20' 'rule: dense, power: 1'
refused "a theorem on m <= d where m > d" 'more features (16) than dimensions (8) cannot be orthogonal' \
    'kind: polar' 'rule: performer' \
    'sweep: [{grid: {dimension: [8], features: [16]}}]
claims: [{id: c, says: s, measure: {statistic: ratio_to_theory, of: error, theory: orthogonal_gain}, expect: {at_least: 0}}]'

fails "a threshold that empties the patterns" 'threshold -2 (keep below) leaves nothing of any stored pattern' \
    'kind: uniform, dimension: 20' 'rule: modern, threshold: -2'
fails "a threshold that empties a query" 'threshold 0.1 (keep above) leaves nothing of a state' \
    'kind: uniform, dimension: 20' 'rule: modern, threshold: 0.1, threshold_keep: above, threshold_on: query' \
    'cue: {mask: random, mask_fraction: 1}'
fails "random features that make a denominator negative" 'which must be greater than 0' \
    'kind: gaussian, dimension: 16, sd: 3' 'rule: performer, map: trigonometric, features: 8'
