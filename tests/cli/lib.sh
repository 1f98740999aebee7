# shellcheck shell=bash
# Sourced by the command line tests: a temporary folder, the command, and two checks.
set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034 # for those who source this
basin="$top/build/release/basin"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir configs

# ok NAME COMMAND...: the command must succeed.
ok() {
    local name=$1 out
    shift
    if out=$("$@" 2>&1); then
        echo "ok - $name"
    else
        echo "$out" | tail -n 20 | sed 's/^/    /'
        echo "not ok - $name"
    fi
}

# says NAME CODE TEXT COMMAND...: the command must end with this exit code, and its
# output must contain the text.
says() {
    local name=$1 code=$2 text=$3 out got
    shift 3
    out=$("$@" 2>&1)
    got=$?
    if [ "$got" -eq "$code" ] && grep -qF -- "$text" <<< "$out"; then
        echo "ok - $name"
    else
        echo "    expected exit code $code and: $text"
        echo "    got exit code $got and:"
        echo "$out" | tail -n 20 | sed 's/^/    /'
        echo "not ok - $name"
    fi
}
