/* Random numbers and rows of results, ours and what the libraries beneath would do;
 * threads and their work. */
#include "ours.h"

#include "kernels/random.h"
#include "store/journal.h"

#include <dlfcn.h>
#include <gsl/gsl_randist.h>
#include <hdf5.h>
#include <omp.h>
#include <string.h>
#include <unistd.h>

enum { NUMBERS = 10 }; /* of a record: a row of 88 bytes with its identity */

void bench_blas_threads(int n)
{
    void *setter = dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
    void (*set_threads)(int);
    memcpy(&set_threads, &setter, sizeof(set_threads));
    int threads = omp_get_max_threads(); /* which OpenBLAS for OpenMP sets, too */
    if (setter != NULL) {
        set_threads(n);
        omp_set_num_threads(threads);
    }
}

size_t bench_take(size_t *next, size_t n, size_t least, int threads, size_t *first)
{
    size_t m;
#pragma omp critical
    {
        size_t left = n - *next;
        size_t share = threads == 1 ? left : left / (2 * (size_t)threads) / least * least;
        m = share < least ? least : share;
        m = m < left ? m : left;
        *first = *next;
        *next += m;
    }
    return m;
}

void bench_gaussians(uint64_t key, double *x, size_t n)
{
    basin_random_gaussians(basin_isa_best(), key, 0, x, n);
}

int bench_gsl_ziggurat(uint64_t seed, double *x, size_t n)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (rng == NULL) {
        return BASIN_ERR_NOMEM;
    }
    gsl_rng_set(rng, (unsigned long)seed);
    for (size_t i = 0; i < n; i++) {
        x[i] = gsl_ran_gaussian_ziggurat(rng, 1);
    }
    gsl_rng_free(rng);
    return 0;
}

int bench_journal(const char *path, size_t n)
{
    const struct basin_journal_head head = {.seed = 1};
    struct basin_journal journal;
    size_t torn = 0;
    int ret = basin_journal_open(&journal, path, &head, NULL, NULL, &torn, NULL);
    if (ret != 0) {
        return ret;
    }
    double values[NUMBERS] = {0};
    struct basin_record record = {
        .status = BASIN_STATUS_OK, .n = NUMBERS, .values = values};
    for (size_t i = 0; ret == 0 && i < n; i++) {
        struct basin_id cell = {{0}};
        memcpy(cell.byte, &i, sizeof(i));
        values[0] = (double)i;
        ret = basin_journal_add(&journal, &cell, 0, &record, NULL);
    }
    int closed = basin_journal_close(&journal, NULL);
    return ret != 0 ? ret : closed;
}

static int sync_file(hid_t file)
{
    int *descriptor = NULL;
    return H5Fflush(file, H5F_SCOPE_GLOBAL) < 0 ||
                   H5Fget_vfd_handle(file, H5P_DEFAULT, (void **)&descriptor) < 0
               ? -1
               : fsync(*descriptor);
}

int bench_hdf5_rows(const char *path, size_t n, size_t every)
{
    hsize_t none[2] = {0, NUMBERS};
    hsize_t most[2] = {H5S_UNLIMITED, NUMBERS};
    hsize_t chunk[2] = {1024, NUMBERS};
    hsize_t one[2] = {1, NUMBERS};
    double values[NUMBERS] = {0};
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Screate_simple(2, none, most);
    hid_t how = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(how, 2, chunk);
    hid_t data =
        H5Dcreate2(file, "rows", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, how, H5P_DEFAULT);
    hid_t row = H5Screate_simple(2, one, NULL);
    herr_t bad = data < 0;
    for (hsize_t i = 0; bad >= 0 && i < n; i++) {
        hsize_t size[2] = {i + 1, NUMBERS};
        hsize_t start[2] = {i, 0};
        values[0] = (double)i;
        bad = H5Dset_extent(data, size);
        hid_t all = H5Dget_space(data);
        H5Sselect_hyperslab(all, H5S_SELECT_SET, start, NULL, one, NULL);
        bad |= H5Dwrite(data, H5T_NATIVE_DOUBLE, row, all, H5P_DEFAULT, values);
        H5Sclose(all);
        if (every != 0 && (i + 1) % every == 0) {
            bad |= sync_file(file);
        }
    }
    H5Sclose(row);
    H5Dclose(data);
    H5Pclose(how);
    H5Sclose(space);
    return H5Fclose(file) < 0 || bad < 0 ? BASIN_ERR_HDF5 : 0;
}
