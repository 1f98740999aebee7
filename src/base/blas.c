/* Which BLAS is at work. */
#include "base/blas.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* The dynamic linker hands functions out as objects; memcpy is the way around the cast
 * that ISO C does not have. */
static bool find_function(const char *name, void *function, size_t size)
{
    void *found = dlsym(RTLD_DEFAULT, name);
    if (found != NULL) {
        memcpy(function, &found, size);
    }
    return found != NULL;
}

bool basin_blas_start(char text[BASIN_BLAS_TEXT])
{
    void (*set_threads)(int);
    char *(*get_config)(void);
    Dl_info place = {0};
    void *dgemm = dlsym(RTLD_DEFAULT, "cblas_dgemm");
    const char *file =
        dgemm != NULL && dladdr(dgemm, &place) != 0 && place.dli_fname != NULL
            ? place.dli_fname
            : "an unknown library";
    bool is_openblas = false;
    if (find_function("openblas_set_num_threads", &set_threads, sizeof(set_threads))) {
        Dl_info openblas = {0};
        void *address = dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
        is_openblas =
            dladdr(address, &openblas) != 0 && openblas.dli_fbase == place.dli_fbase;
        set_threads(1);
    }
    if (is_openblas &&
        find_function("openblas_get_config", &get_config, sizeof(get_config))) {
        snprintf(text, BASIN_BLAS_TEXT, "%s", get_config());
    } else {
        snprintf(text, BASIN_BLAS_TEXT, "%s", file);
    }
    return is_openblas;
}
