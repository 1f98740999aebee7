#!/bin/bash
# A folder of one's own pictures: any size, colour, palette; and what can be wrong with
# pictures and fonts, one clear line each.
source "$(dirname "$0")/lib.sh"

# Thirty PNG files by hand, all sizes: gray, colour, with alpha, palette of 1 bit, 16 bit,
# interlaced.
mkdir own
python3 - <<'PY'
import struct, zlib
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
for i in range(30):
    width, height, kind = 20 + 7 * i, 90 - 2 * i, i % 6
    color, depth, size = [(0, 8, 1), (2, 8, 3), (6, 8, 4), (3, 1, 0), (2, 16, 6), (0, 8, 1)][kind]
    rows = b""
    for left, top, across, down in ADAM7 if kind == 5 else [(0, 0, 1, 1)]:
        for y in range(top, height, down):
            lit = [(x // (3 + i % 5) + y // (2 + i % 7)) % 2 for x in range(left, width, across)]
            if kind == 3:
                bits = "".join(map(str, lit)).ljust((width + 7) // 8 * 8, "0")
                row = bytes(int(bits[k:k + 8], 2) for k in range(0, len(bits), 8))
            else:
                row = b"".join(bytes([v * (200 + i)] * size) for v in lit)
            rows += b"\0" + row
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, kind == 5)
    palette = chunk(b"PLTE", bytes([20, 40, 60, 250, 240, 230])) if kind == 3 else b""
    with open(f"own/{i:02}.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + palette +
                   chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
PY

# A configuration of basin's own, one line changed: where the pictures come from.
sed 's|^patterns: .*|patterns: {kind: png, path: own, side: 32}|' \
    "$top/configs/ci/images.yaml" > configs/own.yaml
ok "thirty pictures of one's own run" "$basin" run own.yaml --quiet
ok "and are drawn" "$basin" plot own.yaml --quiet
if [ -s plots/own/six.png ]; then
    echo "ok - the pictures come out"
else
    echo "not ok - the pictures come out"
fi

# What files hold counts: the same name with another picture behind it is another plan.
cp -r own kept
cp own/01.png own/00.png
says "a changed picture is told" 2 "what it reads was changed since" "$basin" run own.yaml
says "by plot, too" 2 "results of another plan" "$basin" plot own.yaml
ok "the cells that read it are run again" "$basin" run own.yaml --extend --quiet
ok "the result says what was read" grep -q '^# content of own: [0-9a-f]\{32\}$' results/own/config.yaml
touch own/notes.txt
mv own/29.png own/99.png
says "other files in the folder do not count, nor do names" 0 ", 4 were there already" "$basin" run own.yaml
rm -r own
ok "a stored result is drawn without its pictures" "$basin" plot results/own/own.h5 --quiet
mv kept own
ok "the old pictures find their cells again" sh -c "'$basin' run own.yaml --extend | grep -q '^0 of'"

# wrong NAME CODE TEXT PATTERNS: refused in one line with the text; nothing is run.
wrong() {
    local lines
    sed "s|^patterns: .*|patterns: {$4}|" configs/own.yaml > configs/wrong.yaml
    says "$1" "$2" "$3" "$basin" run wrong.yaml
    lines=$("$basin" run wrong.yaml 2>&1 | wc -l)
    [ "$lines" -eq 1 ] || echo "not ok - $1: $lines lines"
    [ ! -e results/wrong ] || echo "not ok - $1: something was written"
}

mkdir corrupt one empty text
cp own/*.png corrupt
head -c 60 own/03.png > corrupt/03.png
cp own/00.png one
cp own/*.png text
echo "no picture" > text/03.png
wrong "a corrupt PNG is named" 4 "corrupt/03.png" "kind: png, path: corrupt, side: 32"
wrong "a text that is called PNG" 4 "text/03.png" "kind: png, path: text, side: 32"
wrong "a folder of one image" 2 "one" "kind: png, path: one, side: 32"
wrong "a folder without images" 2 "empty" "kind: png, path: empty, side: 32"
wrong "a missing folder" 4 "cannot open nowhere" "kind: png, path: nowhere, side: 32"
wrong "a missing font" 4 "cannot open nofont.ttf" "kind: glyphs, font: nofont.ttf, side: 32"
wrong "a file that is no font" 4 "not a font" "kind: glyphs, font: own/00.png, side: 32"
