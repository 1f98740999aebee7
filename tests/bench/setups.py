"""How a machine can be set up for the peers, and which peers there are.

installed   as the packages leave it, but with all threads
omp         OpenBLAS built on OpenMP: its threads do not fight PyTorch's
best        and memory in huge pages that is kept instead of given back
Each takes an environment from the start of a process, so each gets a process."""
import glob
import importlib
import os

TUNABLES = ("glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:"
            "glibc.malloc.mmap_threshold=4000000000:"
            "glibc.malloc.trim_threshold=8000000000")


def environment(setup):
    """The variables of a set-up, or None where the machine lacks it."""
    variables = {"OMP_NUM_THREADS": str(os.cpu_count())}
    if setup in ("omp", "best"):
        folders = glob.glob("/usr/lib/*/openblas-openmp")
        if not folders:
            return None
        variables["LD_LIBRARY_PATH"] = folders[0]
    if setup == "best":
        variables["GLIBC_TUNABLES"] = TUNABLES
    return variables


def module(name):
    """A peer, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
