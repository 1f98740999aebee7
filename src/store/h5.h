/* What the writer and the reader of results files share about HDF5.
 *
 * The format, version 1 ("Conventions" of the root): root attributes title, name,
 * experiment, plan; /config/yaml; /code; one group per variant with the attributes label,
 * kind, layout ("grid" or "table"), axes and metrics (names, separated by spaces). */
#ifndef BASIN_STORE_H5_H
#define BASIN_STORE_H5_H

#include "base/err.h"

#include <hdf5.h>

#define BASIN_H5_CONVENTIONS "basin-1"

/* HDF5 prints no errors of its own from here on. */
void basin_h5_quiet(void);

/* The sentence, and after it the innermost message of HDF5's error stack. */
int basin_h5_fail(struct basin_diag *diag, const char *format, ...) BASIN_PRINTF(2, 3);

/* Variable-length UTF-8 strings, as netCDF-4 has them; -1 if HDF5 fails. To be closed. */
hid_t basin_h5_text_type(void);

#endif
