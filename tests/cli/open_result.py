#!/usr/bin/env python3
"""Opens a results file of tests/unit/test_result.c as users do: h5py, xarray.

Libraries that are not installed are skipped; what is checked is told in one line each.
"""
import sys


def with_h5py(path):
    import h5py

    with h5py.File(path) as file:
        value = file["first one/value"]
        names = [dimension[0].name.split("/")[-1] for dimension in value.dims]
        assert names == ["size", "level", "shade", "beta", "replicate"], names
        assert value.attrs["units"] == "K"
        assert list(value.dims[1][0]) == [1e-9, 0.5, 1.0]
        assert file["first one/status"][0, 0, 0, 0, 3] == 3
        assert file["config_1"].attrs["label"] == "config"
        assert file["config/yaml"][()] == b"experiment: toy\n"
        assert file.attrs["title"] == 'K\u00e4se "and" numbers'


def with_xarray(path):
    import h5netcdf  # the engine of xarray; without it there is nothing to test
    import xarray

    assert h5netcdf
    data = xarray.open_dataset(path, group="first one", engine="h5netcdf")
    assert data["value"].dims == ("size", "level", "shade", "beta", "replicate")
    assert data["picture"].dims == ("size", "level", "shade", "beta", "row", "column")
    assert list(data["shade"].values) == ["light", "dark"], data["shade"].values
    one = data["value"].sel(size=4, level=0.5, shade="dark", beta="auto")
    assert one.shape == (5,) and not one.isnull().any()
    assert float(one[1] - one[0]) == 1000.0
    assert list(data["bin_edges"].values) == [0, 1, 2, 4, 8]
    assert data["status"].dtype == "int8"
    assert data["picture"].sel(size=2).isel(row=3).isnull().all()


def main():
    for open_with in (with_h5py, with_xarray):
        try:
            open_with(sys.argv[1])
            print(f"{open_with.__name__}: ok")
        except ImportError as error:
            print(f"{open_with.__name__}: skipped, {error}")


main()
