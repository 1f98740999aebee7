/* What the writer and the reader of results files share about HDF5. */
#include "store/h5.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void basin_h5_quiet(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

/* Upward walks start at the innermost message, number 0. */
static herr_t keep_first(unsigned n, const H5E_error2_t *error, void *context)
{
    if (n == 0 && error->desc != NULL) {
        snprintf(context, BASIN_DIAG_SIZE / 2, "%s", error->desc);
    }
    return 0;
}

int basin_h5_fail(struct basin_diag *diag, const char *format, ...)
{
    char sentence[BASIN_DIAG_SIZE / 2];
    char reason[BASIN_DIAG_SIZE / 2] = "no reason given";
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, reason);
    return basin_fail(diag, BASIN_ERR_HDF5, "%s: HDF5 says: %s", sentence, reason);
}

hid_t basin_h5_text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 &&
        (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0)) {
        H5Tclose(type);
        type = -1;
    }
    return type;
}
