/* What this program was built from. */
#include "store/build.h"

#include <gsl/gsl_version.h>
#include <hdf5.h>
#include <stddef.h>
#include <zlib.h>

#ifndef BASIN_COMMIT
#define BASIN_COMMIT "unknown"
#endif

const struct basin_build_fact basin_build_facts[] = {
    {"version", BASIN_VERSION},
    {"commit", BASIN_COMMIT},
#if defined(__clang__)
    {"compiler", __VERSION__},
#else
    {"compiler", "GCC " __VERSION__},
#endif
    {"gsl", GSL_VERSION},
    {"hdf5", H5_VERS_INFO},
    {"zlib", ZLIB_VERSION},
    {NULL, NULL},
};
