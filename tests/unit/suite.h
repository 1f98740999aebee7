/* What every unit test file provides: its suite. */
#ifndef BASIN_TESTS_SUITE_H
#define BASIN_TESTS_SUITE_H

#include <check.h>

Suite *suite(void);

#endif
