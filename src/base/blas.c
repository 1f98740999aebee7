/* Which BLAS is at work. */
#include "base/blas.h"

#include <dlfcn.h>
#include <gsl/gsl_cblas.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

/* ISO C has no cast between pointers to functions and to objects, which is what the
 * dynamic linker deals in; memcpy is the way around. */
static void *address_of_dgemm(void)
{
    void (*function)(const enum CBLAS_ORDER, const enum CBLAS_TRANSPOSE,
        const enum CBLAS_TRANSPOSE, const int, const int, const int, const double,
        const double *, const int, const double *, const int, const double, double *,
        const int) = cblas_dgemm;
    void *address;
    memcpy(&address, &function, sizeof(address));
    return address;
}

static bool same_library(void *a, void *b, Dl_info *library_of_a)
{
    Dl_info other;
    return a != NULL && b != NULL && dladdr(a, library_of_a) != 0 &&
           dladdr(b, &other) != 0 && library_of_a->dli_fbase == other.dli_fbase;
}

bool basin_blas_start(char text[BASIN_BLAS_TEXT])
{
    void *setter = dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
    void *teller = dlsym(RTLD_DEFAULT, "openblas_get_config");
    Dl_info library = {0};
    if (!same_library(address_of_dgemm(), setter, &library) || teller == NULL) {
        snprintf(text, BASIN_BLAS_TEXT, "%s",
            library.dli_fname == NULL ? "an unknown library" : library.dli_fname);
        return false;
    }
    void (*set_threads)(int);
    char *(*get_config)(void);
    memcpy(&set_threads, &setter, sizeof(set_threads));
    memcpy(&get_config, &teller, sizeof(get_config));
    /* OpenBLAS built for OpenMP sets OpenMP's threads with its own. */
    int threads = omp_get_max_threads();
    set_threads(1);
    omp_set_num_threads(threads);
    snprintf(text, BASIN_BLAS_TEXT, "%s", get_config());
    return true;
}
