#!/bin/bash
# A BERT trained on a text: killed anywhere and resumed, on one thread or two, the same
# bytes; then it is an input of experiments.
source "$(dirname "$0")/lib.sh"

for i in $(seq 40); do
    echo "The state of the Union is strong, and number $i of its words is $((i * i)), not $((i + 7))."
    echo "We shall, in the year $((1790 + i)), see $((i % 7)) new laws and $((i % 5)) treaties."
    echo
done > text
small=(--set vocab=100 --set layers=2 --set heads=2 --set hidden=24 --set length=12
    --set batch=8 --set updates=60 --set warmup=5 --set keep=4 --set dropout=0.1 --quiet)

ok "trains on one thread" "$basin" train text --out one --jobs 1 "${small[@]}"
ok "trains on two threads" "$basin" train text --out two --jobs 2 "${small[@]}"
for file in config.json model.safetensors vocab.txt training.tsv checkpoint.bin; do
    ok "one and two threads give the same $file" cmp one/$file two/$file
done

for try in 1 2 3 4; do
    "$basin" train text --out killed "${small[@]}" &
    sleep "0.$((try * 3 % 10))"
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
done
ok "goes on after four kills" "$basin" train text --out killed "${small[@]}"
ok "ends in the same model" cmp one/model.safetensors killed/model.safetensors
ok "and in the same curve" cmp one/training.tsv killed/training.tsv
ok "has learnt something" awk 'NR == 2 {first = $3} END {exit !($3 < first - 0.3)}' one/training.tsv
says "another training in the same folder is refused" 4 "is a checkpoint of another training" "$basin" train text --out one "${small[@]}" --set seed=2
says "a setting that is not there is named" 2 'no setting "layer"; did you mean "layers"?' "$basin" train text --set layer=3
says "so is one out of range" 2 "heads" "$basin" train text --set heads=0
says "a text that is too short is refused" 3 "too few for a sequence of 9000" "$basin" train text --out no "${small[@]}" --set length=9000
LC_ALL=C.UTF-8 bash -c 'for i in $(seq 19968 20100); do printf "%b " "\\u$(printf "%04x" "$i")"; done' > letters
says "so is a vocabulary that does not hold all letters" 2 "does not hold the text's characters" "$basin" train letters --out no --set vocab=100
says "a text that is not there" 4 "no-such-text" "$basin" train no-such-text --out no

cat > configs/trained.yaml <<'YAML'
experiment: averaging
replicates: 2
models:
  - {label: ours, model: folder, path: one}
text: {kind: files, path: text, length: 12, sequences: 4}
sweep:
  - grid: {replacement: [none, uniform]}
YAML
ok "the model is an input of experiments" "$basin" run trained.yaml --quiet
