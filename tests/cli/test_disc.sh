#!/bin/bash
# A disc that misbehaves: one clear message, exit code 4, nothing lost; when the cause is
# gone the same command goes on to the same bytes.
source "$(dirname "$0")/lib.sh"
synthetic="$top/build/release/synthetic"
fault="$top/build/release/fault.so"

cat > configs/d.yaml <<'YAML'
experiment: synthetic
wait: 50
sweep: [{grid: {index: {range: [1, 300, 1]}}}]
YAML
ok "one run" "$synthetic" run d.yaml --out one --quiet

# failing NAME TEXT VARIABLE=VALUE...: a run with that fault in a new folder, once at each
# of several moments; afterwards the same command must reach the same bytes.
failing() {
    local name=$1 text=$2 after
    shift 2
    for after in 0 1 2 5 20 150; do
        rm -rf bad
        if env "$@" FAULT_AFTER=$after LD_PRELOAD="$fault" "$synthetic" run d.yaml --out bad --quiet >out.log 2>&1; then
            [ $after -gt 2 ] || echo "not ok - $name, after $after calls: was not noticed"
            continue
        fi
        says "$name, after $after calls" 4 "$text" env "$@" FAULT_AFTER=$after LD_PRELOAD="$fault" "$synthetic" run d.yaml --out bad2 --quiet
        rm -rf bad2
        ok "the same command goes on" "$synthetic" run d.yaml --out bad --quiet
        ok "to the same bytes" cmp one/d.h5 bad/d.h5
        ok "and leaves no halves" test -z "$(find bad -name '*.tmp')"
    done
}
failing "a full disc" "make room on the disc, then give the same command again" FAULT=full
failing "a short write" "make room on the disc, then give the same command again" FAULT=short
failing "an fsync that fails" "Input/output error" FAULT=io
failing "a folder that takes no new names" "cannot write " FAULT=rename

# What was finished before the disc was full must still be there.
rm -rf bad
FAULT=full FAULT_AFTER=100 LD_PRELOAD="$fault" "$synthetic" run d.yaml --out bad --jobs 1 --quiet 2>/dev/null
done=$("$synthetic" status d.yaml --out bad | sed -n 's/^d: \([0-9]*\) of.*/\1/p')
ok "what was written before is kept ($done)" test "$done" -ge 90

# The folder vanishes under a run: its journal is an open file, the result has no place.
"$synthetic" run d.yaml --out gone --jobs 1 --quiet --set wait=5000 >gone.log 2>&1 &
sleep 0.5
rm -rf gone
wait $!
code=$?
ok "a folder that vanishes: exit code 4" test $code -eq 4
ok "and a clear message" grep -q "check that the folder exists and was not moved meanwhile" gone.log

"$synthetic" run d.yaml --out moved --jobs 1 --quiet --set wait=5000 >moved.log 2>&1 &
sleep 0.5
mv moved elsewhere
wait $!
code=$?
ok "a folder that is moved away: exit code 4" test $code -eq 4
mv elsewhere moved
says "moved back, the same command goes on" 0 "300 were there already" "$synthetic" run d.yaml --out moved --jobs 1 --set wait=5000

# A foreign and a corrupt journal.
mkdir foreign
echo "shopping list" > foreign/journal.bin
says "a foreign journal" 4 "foreign/journal.bin is not a journal of basin" "$synthetic" run d.yaml --out foreign
ok "is left as it was" grep -q shopping foreign/journal.bin
cp -r one corrupt
printf '\xff' | dd of=corrupt/journal.bin bs=1 seek=200 conv=notrunc status=none
cp corrupt/journal.bin damaged.bin
says "a corrupt journal" 4 "is damaged, and intact ones follow" "$synthetic" run d.yaml --out corrupt
ok "is left as it was" cmp damaged.bin corrupt/journal.bin
command=$("$synthetic" run d.yaml --out corrupt 2>&1 | sed -n 's/.*`\(truncate [^`]*\)`.*/\1/p')
ok "the advice given works" sh -c "$command && '$synthetic' run d.yaml --out corrupt --quiet"
ok "to the same bytes" cmp one/d.h5 corrupt/d.h5

# Records of another size under the same plan: another version of the program made them.
cp -r one misfit
"$(command -v /usr/bin/python3 || echo python3)" - <<'PY'
import struct, zlib
head = open("misfit/journal.bin", "rb").read(80)
body = head[48:72] + struct.pack("<Q", 5) + bytes(40)
record = head[40:44] + struct.pack("<I", zlib.crc32(body)) + body
open("misfit/journal.bin", "ab").write(record)
PY
says "records of another size" 4 "was filled by another version of this program" "$synthetic" run d.yaml --out misfit
ok "can be replaced" "$synthetic" run d.yaml --out misfit --replace --quiet
ok "to the same bytes" cmp one/d.h5 misfit/d.h5
ok "and are set aside" sh -c "ls misfit.*/journal.bin"

if [ "$(id -u)" -eq 0 ]; then
    mkdir small
    if mount -t tmpfs -o size=96k tmpfs small 2>/dev/null; then
        says "a small disc" 4 "make room on the disc" "$synthetic" run d.yaml --out small/out --set 'sweep=[{grid: {index: {range: [1, 3000, 1]}}}]' --set wait=0
        mount -o remount,size=4m small
        ok "with room, the same command goes on" "$synthetic" run d.yaml --out small/out --set 'sweep=[{grid: {index: {range: [1, 3000, 1]}}}]' --set wait=0 --quiet
        "$synthetic" run d.yaml --out large --set 'sweep=[{grid: {index: {range: [1, 3000, 1]}}}]' --set wait=0 --quiet
        ok "to the same bytes" cmp large/d.h5 small/out/d.h5
        mount -o remount,ro small
        says "a read-only disc" 4 "make the folder writable or choose another one" "$synthetic" run d.yaml --out small/new
        umount small
    fi
else
    mkdir readonly
    chmod 555 readonly
    says "a read-only folder" 4 "make the folder writable or choose another one" "$synthetic" run d.yaml --out readonly/new
fi
