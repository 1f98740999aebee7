/* What tests of plans share: a plan of the toy experiment, made from text. */
#ifndef BASIN_TESTS_TOY_PLAN_H
#define BASIN_TESTS_TOY_PLAN_H

#include "suite.h"
#include "toy.h"

#include "config/plan.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static struct basin_plan plan;
static struct basin_diag diag;

static inline int parse(const char *text)
{
    memset(&diag, 0, sizeof(diag));
    return basin_plan_parse(
        &plan, "x.yaml", text, strlen(text), &toy_registry, NULL, &diag);
}

static inline void parse_well(const char *text)
{
    int code = parse(text);
    ck_assert_msg(code == 0, "%s", diag.text);
}

/* The names of all cells, one a line. */
static inline void check_cells(const char *expected)
{
    struct basin_str names = {0};
    for (size_t i = 0; i < plan.n_cells; i++) {
        ck_assert_int_eq(basin_plan_cell_name(&plan, i, &names), 0);
        basin_str_add(&names, "\n");
    }
    ck_assert_str_eq(names.text, expected);
    basin_str_free(&names);
}

#define HEAD "experiment: recall\npatterns: {kind: polar, dimension: 100}\n"
#define RULES "rules: [{rule: classical}, {label: soft, rule: modern}]\n"

#define SWEEP HEAD RULES "sweep:\n"

#endif
