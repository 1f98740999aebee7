/* GSL's matrix products must go to OpenBLAS, not to gslcblas. */
#include "suite.h"

#include "base/blas.h"

#include <string.h>

START_TEST(gsl_is_linked_to_openblas)
{
    char text[BASIN_BLAS_TEXT];
    ck_assert_msg(basin_blas_start(text), "BLAS is %s", text);
    ck_assert_ptr_nonnull(strstr(text, "OpenBLAS"));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("blas");
    TCase *c = tcase_create("blas");
    tcase_add_test(c, gsl_is_linked_to_openblas);
    suite_add_tcase(s, c);
    return s;
}
