/* GSL's matrix products must go to OpenBLAS, not to gslcblas. */
#include "suite.h"

#include "base/blas.h"

#include <omp.h>
#include <string.h>

START_TEST(gsl_is_linked_to_openblas)
{
    char text[BASIN_BLAS_TEXT];
    ck_assert_msg(basin_blas_start(text), "BLAS is %s", text);
    ck_assert_ptr_nonnull(strstr(text, "OpenBLAS"));
}
END_TEST

/* OpenBLAS built for OpenMP once took the threads away from all of our loops. */
START_TEST(our_own_threads_stay)
{
    char text[BASIN_BLAS_TEXT];
    omp_set_num_threads(3);
    basin_blas_start(text);
    ck_assert_int_eq(omp_get_max_threads(), 3);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("blas");
    TCase *c = tcase_create("blas");
    tcase_add_test(c, gsl_is_linked_to_openblas);
    tcase_add_test(c, our_own_threads_stay);
    suite_add_tcase(s, c);
    return s;
}
