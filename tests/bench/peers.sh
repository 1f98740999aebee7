#!/bin/sh
# Fetches the benchmark's peer that is no package of the distribution: ONNX Runtime, as npm
# has it for Node.js.
#   tests/bench/peers.sh FOLDER
set -eu

folder=${1:?the folder that it goes to}/node_modules

fetch() {
    [ -d "$folder/$1" ] || "$(dirname "$0")/../../src/npm.sh" "$folder/$1" "$1" 1.30.0 "$2"
}

fetch onnxruntime-common 7906c439e0d3e0f4048caa23b64cdfadc0f455c377f579ce1ab2a4b778f07d5f
fetch onnxruntime-node 6e3390d6b783e7be946fad629292799da28d0b42f84856e50d2c1b0383291e75
