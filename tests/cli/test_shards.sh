#!/bin/bash
# Shards: any division, merged in any order, gives the bytes of one run; what is missing,
# foreign or contradictory is told.
source "$(dirname "$0")/lib.sh"

cat > configs/s.yaml <<'YAML'
experiment: retrieval
replicates: 3
patterns: {kind: polar}
cue: {flip: 0.1}
cues: 4
rules:
  - {label: "it's \"fixed\" $(touch evil) `touch evil`", rule: classical, update: async}
  - {label: one step, rule: classical, steps: 1}
sweep:
  - grid: {dimension: [50, 100], load: {linspace: [0.02, 0.24, 12]}}
YAML

ok "one run" "$basin" run s.yaml --out one --quiet
for i in 3 1 2; do
    ok "shard $i of 3" "$basin" run s.yaml --shard $i/3 --quiet
done
says "three shards are merged" 0 "144 of 144 replicates of cells merged" "$basin" merge s.yaml
ok "into the bytes of one run" cmp one/s.h5 results/s/s.h5
says "merging again finds all there" 0 "0 of 144 replicates of cells merged" "$basin" merge s.yaml
shards=results/s/shards
says "another order, folders and journals named" 0 "144 of 144" "$basin" merge s.yaml --out other $shards/2-of-3/journal.bin $shards/3-of-3 $shards/1-of-3
ok "gives the same bytes" cmp one/s.h5 other/s.h5
ok "a shard of another division may overlap" "$basin" run s.yaml --shard 2/5 --out other --quiet
says "if it is equal" 0 "144 were there already" "$basin" merge s.yaml --out other other/shards/2-of-5 one
says "a run goes on with what was merged" 0 "0 of 144 replicates of cells run" "$basin" run s.yaml --out other

rm -r $shards/2-of-3
says "what is missing is named with its shard" 3 "48 of 144 are missing" "$basin" merge s.yaml --out part $shards/1-of-3 $shards/3-of-3
says "and how to get it" 3 "run --shard 2/3 and merge again, or \`basin run s.yaml --out part\` does them here" "$basin" merge s.yaml --out part $shards/1-of-3 $shards/3-of-3
ok "which it does" "$basin" run s.yaml --out part --quiet
ok "to the same bytes" cmp one/s.h5 part/s.h5

"$basin" run s.yaml --shard 1/2 --set replicates=2 --out foreign --quiet
says "a shard of another plan is refused" 2 "holds results of another plan" "$basin" merge s.yaml --out new foreign/shards/1-of-2
ok "before anything is made" test ! -e new
says "no shards at all" 4 "there are no shards" "$basin" merge s.yaml --out none
says "a shard that is not there" 4 "cannot read nowhere" "$basin" merge s.yaml --out none nowhere
says "a file that is no journal" 4 "is not a journal of basin" "$basin" merge s.yaml --out none one/s.h5
says "a shard outside the division" 2 "--shard takes I/N" "$basin" run s.yaml --shard 4/3

# One number changed in one journal, its checksum put right.
cp -r $shards/1-of-3 liar
python3 - liar/journal.bin <<'PY'
import struct, sys, zlib
data = bytearray(open(sys.argv[1], 'rb').read())
n, = struct.unpack_from('<Q', data, 40 + 32)
data[80] ^= 1
end = 80 + 8 * n
struct.pack_into('<I', data, 44, zlib.crc32(bytes(data[48:end])))
open(sys.argv[1], 'wb').write(data)
PY
cp one/s.h5 before.h5
says "shards that contradict each other" 4 "has not the numbers that were merged before" "$basin" merge s.yaml --out one liar
ok "change nothing" cmp before.h5 one/s.h5

printf 'garbage' | cat $shards/1-of-3/journal.bin - > $shards/1-of-3/new
mv $shards/1-of-3/new $shards/1-of-3/journal.bin
says "a torn end is passed over" 3 "48 of 144 are missing" "$basin" merge s.yaml --out torn $shards/1-of-3 $shards/3-of-3

says "status counts all" 0 "s: 144 of 144 done (100.0 %), 0 failed" "$basin" status s.yaml
says "explain tells parameters" 0 "patterns.dimension=100" "$basin" explain s.yaml 'rule=one step,dimension=100,load=0.24'
says "explain tells why a cell is skipped" 0 "is skipped: it is done" "$basin" explain s.yaml 'rule=one step,dimension=100,load=0.24'
says "explain tells why a cell runs" 0 "runs next: no journal has it" "$basin" explain s.yaml 'rule=one*=50,load=0.24' --out nowhere
says "explain names neighbours" 2 "did you mean rule=one step,dimension=100,load=0.2" "$basin" explain s.yaml 'rule=one step,dimension=100,load=0.25'
alone=$("$basin" explain s.yaml "rule=it*dimension=50,load=0.02" | sed -n 's/^alone *basin//p')
ok "the command that explain gives can be pasted" sh -c "'$basin' $alone --quiet"
ok "and runs that cell" test -e results/s/cells/*/s.h5
ok "and nothing else" test ! -e evil
