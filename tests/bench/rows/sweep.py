"""Rows of a sweep's result. Ours have checksums and survive a power failure up to the last
1024; the libraries' are as safe only where they are fsynced as often ("fsynced"), so
otherwise processor time is compared, which waits for no disc."""
import os
import tempfile
from functools import partial

import numpy as np

from ours import call
from row import Case, Peer, Row
from setups import module

NUMBERS = 10


def make(n, few, every):
    folder = tempfile.TemporaryDirectory(dir="build")
    path = {name: os.path.join(folder.name, name) for name in ("a", "b", "c")}

    def ours():
        if os.path.exists(path["a"]):
            os.remove(path["a"])
        call("journal", path["a"].encode(), n)
        return os.path.getsize(path["a"]) // n

    def in_c():
        call("hdf5_rows", path["b"].encode(), few, every)
        return os.path.getsize(path["b"]) // few

    def in_python():
        with h5py.File(path["c"], "w") as file:
            data = file.create_dataset("rows", (0, NUMBERS), "f8", chunks=(1024, NUMBERS),
                                       maxshape=(None, NUMBERS))
            row = np.zeros(NUMBERS)
            for i in range(few // 10):
                data.resize(i + 1, 0)
                data[i] = row
                if every and (i + 1) % every == 0:
                    file.flush()
                    os.fsync(file.id.get_vfd_handle())
        return os.path.getsize(path["c"]) // (few // 10)

    def holds(a, b):
        assert folder and a >= 8 * NUMBERS and b >= 8 * NUMBERS, f"{a}, {b} bytes a row"

    h5py = module("h5py")
    return Case(ours=ours, same=holds,
                peers={"C HDF5 row by row": Peer(in_c, n / few),
                       "h5py row by row": Peer(in_python, n / (few // 10))})


WHY = ("of its 0.45 to 0.7 µs the system's writing and its fsync "
       "every 1024 rows are about 60 %, the checksum (zlib's CRC-32 of 120 bytes) 27 %, the rest "
       "12 %; the peer's rows are neither checked nor safe")
ROWS = [
    Row("sweep rows", partial(make, 10**5, 10**4, 0), "", 1, "cpu", quick=True, why=WHY,
        goals={("C HDF5 row by row", "best"): (40, None),
               ("h5py row by row", "best"): (1000, None)}),
    Row("sweep rows, fsynced", partial(make, 10**5, 10**4, 1024), "", 1),
]
