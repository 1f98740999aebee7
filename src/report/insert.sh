#!/bin/bash
# Puts standard input into a page, between the lines <!-- NAME --> and <!-- end of NAME -->.
#   COMMAND | src/report/insert.sh NAME PAGE.md
set -eu
name=$1
page=$2
text=$(mktemp)
new=$(mktemp)
trap 'rm -f "$text" "$new"' EXIT
cat > "$text"
grep -qxF "<!-- $name -->" "$page" || { echo "$page has no line <!-- $name -->" >&2; exit 1; }
awk -v name="$name" -v text="$text" '
$0 == "<!-- " name " -->" {
    print
    print ""
    while ((getline line < text) > 0) {
        print line
    }
    print ""
    inside = 1
}
$0 == "<!-- end of " name " -->" { inside = 0 }
!inside { print }
' "$page" > "$new"
cmp -s "$new" "$page" || cat "$new" > "$page"
