"""A whole experiment, configs/capacity.yaml with one set of patterns: basin's own program by
its kernels, and by the plain linear algebra of GSL on OpenBLAS that they are held to."""
import os
import shutil
import subprocess
import tempfile

from row import Case, Row

BASIN = "build/release/basin"
PLAIN = ("--set", "rules.0.engine=reference", "--set", "rules.1.engine=reference")


def same(a, b):
    """Units are visited in orders of the engines' own: means agree, not bits."""
    done = subprocess.run([BASIN, "diff", a, b], stdout=subprocess.PIPE, text=True,
                          check=False)
    assert ", 0 of them significant" in done.stdout, done.stdout


def make():
    folder = tempfile.TemporaryDirectory(prefix="basin-bench-")

    def run(engine, *options):
        out = os.path.join(folder.name, engine)
        shutil.rmtree(out, ignore_errors=True)
        subprocess.run([BASIN, "run", "capacity.yaml", "--set", "replicates=1", *options,
                        "--jobs", "2", "--out", out, "--quiet"], check=True)
        return os.path.join(out, "capacity.h5")

    return Case(ours=lambda: run("fast"), same=same,
                peers={"engine: reference": lambda: run("reference", *PLAIN)})


ROWS = [Row("capacity.yaml", make, "", setups=("best",), seconds=1)]
