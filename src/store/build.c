/* What this program was built from. The commit is not here but in the provenance: a
 * journal can hold records of several commits. */
#include "store/build.h"

#include <gsl/gsl_version.h>
#include <hdf5.h>
#include <stddef.h>
#include <zlib.h>

const struct basin_build_fact basin_build_facts[] = {
    {"version", BASIN_VERSION},
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
