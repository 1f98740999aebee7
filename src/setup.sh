#!/bin/sh
# Installs what basin needs and says what it does: `src/setup.sh` for building and running,
# `src/setup.sh test` for the tests as well, `bench` for the benchmark's peers, `cluster` for
# ranks (MPI) and the tests on a cluster; words can be combined. Debian and Ubuntu by apt;
# elsewhere it prints the names of the packages.
set -eu

need="build-essential pkg-config libyaml-dev libhdf5-dev libgsl-dev libopenblas-dev
libpng-dev libfreetype-dev nettle-dev zlib1g-dev libcjson-dev libutf8proc-dev
gnuplot-nox fonts-dejavu-core fonts-noto-color-emoji dataset-fashion-mnist"
test_need="check netcdf-bin python3-h5py python3-xarray python3-h5netcdf python3-yaml r-cran-hdf5r zsh clang clang-format clang-tidy libomp-dev
libclang-rt-dev shellcheck valgrind"
bench_need="python3-numpy python3-h5py python3-torch libopenblas0-openmp"
cluster_need="openmpi-bin libopenmpi-dev slurm-wlm munge"

dnf="gcc make pkgconf-pkg-config libyaml-devel hdf5-devel gsl-devel openblas-devel
libpng-devel freetype-devel nettle-devel zlib-devel cjson-devel utf8proc-devel gnuplot
google-noto-emoji-fonts check-devel netcdf python3-h5py clang clang-tools-extra
python3-numpy python3-torch openblas-openmp openmpi-devel"
brew="pkg-config libyaml hdf5 gsl openblas libpng freetype nettle zlib cjson utf8proc
gnuplot check netcdf llvm libomp numpy pytorch open-mpi"

words() {
    echo "$1" | tr '\n' ' '
}

wants() {
    case " $wanted " in *" $1 "*) true ;; *) false ;; esac
}
wanted="$*"
if wants test; then
    # The sanitizer and fuzzer runtimes are packaged by version.
    version=$(apt-cache show clang 2>/dev/null | sed -n 's/^Depends:.*clang-\([0-9]*\).*/\1/p' | head -n 1)
    need="$need $(echo "$test_need" | sed "s/libclang-rt-dev/libclang-rt-${version:-14}-dev/")"
fi

if wants bench; then
    need="$need $bench_need"
fi

if ! command -v apt-get >/dev/null 2>&1; then
    echo "setup: this system has no apt. Install these packages by hand, then run make:"
    echo "  Fedora: dnf install $(words "$dnf")"
    echo "  macOS:  brew install $(words "$brew")"
    command -v pkg-config >/dev/null 2>&1 &&
        pkg-config --exists yaml-0.1 hdf5 gsl libpng freetype2 nettle zlib libcjson \
            libutf8proc
    exit
fi

# Installs those packages of a list that are missing.
install() {
    missing=""
    for package in $1; do
        state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
        [ "$state" = "install ok installed" ] || missing="$missing $package"
    done
    if [ -z "$missing" ]; then
        return 0
    fi
    root=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            echo "setup: not root and no sudo; as root, run: apt-get install$missing" >&2
            return 1
        fi
        root=sudo
    fi
    echo "setup: installing$missing"
    $root apt-get update -qq || return
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

install "$need"
if wants cluster; then
    install "$cluster_need" ||
        echo "setup: without them the tests on a cluster are skipped"
fi
echo "setup: everything is there"
