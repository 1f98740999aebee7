/* Results: what is put in comes out of the file, and other programs can read it. */
#include "suite.h"

#include "toy_experiment.h"

#include "store/result.h"

#include <hdf5_hl.h>
#include <stdio.h>
#include <sys/stat.h>

static char folder[64];
static char path[96];
static struct basin_diag diag;

static void set_up(void)
{
    strcpy(folder, "/tmp/basin-result-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/toy.h5", folder);
    diag = (struct basin_diag){{0}};
}

static void tear_down(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

/* ---- A result, filled by the toy -------------------------------------------------- */

struct made {
    struct basin_plan plan;
    struct basin_result result;
    uint64_t *cell_at;
};

static void make_result(struct made *made, const char *text)
{
    int ret = toy_plan(&made->plan, text, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    made->cell_at = calloc(made->plan.n_cells, sizeof(*made->cell_at));
    ret = basin_result_of_plan(&made->result, &made->plan, &toy_experiment, NULL,
        "experiment: toy\n", made->cell_at, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
}

static void put(struct made *made, size_t cell, uint32_t replicate)
{
    struct basin_params params = {0};
    size_t offset[TOY_METRICS + 1];
    double values[3000];
    ck_assert_int_eq(basin_plan_params(&made->plan, cell, &params, &diag), 0);
    basin_experiment_offsets(&toy_experiment, NULL, &params, replicate, offset);
    struct basin_task task = {
        .params = &params, .cell = made->plan.cells[cell].id, .replicate = replicate};
    struct basin_record record = {.status = BASIN_STATUS_OK,
        .n = offset[TOY_METRICS],
        .values = values,
        .offset = offset};
    struct basin_diag failure = {{0}};
    if (toy_run(NULL, &task, &record, &failure) != 0) {
        record.status = BASIN_STATUS_FAILED;
        record.n = 0;
        strcpy(record.reason, "it broke");
    }
    int ret =
        basin_result_put(&made->result, made->cell_at[cell], replicate, &record, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    basin_params_free(&params);
}

static void fill(struct made *made)
{
    for (size_t c = 0; c < made->plan.n_cells; c++) {
        for (uint32_t r = 0; r < made->plan.replicates; r++) {
            put(made, c, r);
        }
    }
}

static void drop(struct made *made)
{
    basin_result_free(&made->result);
    basin_plan_free(&made->plan);
    free(made->cell_at);
}

/* ---- Equality --------------------------------------------------------------------- */

static void same_numbers(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(a[i] == b[i] || (isnan(a[i]) && isnan(b[i])), "%g and %g at %zu",
            a[i], b[i], i);
    }
}

static void same_variable(const struct basin_group *group, const struct basin_variable *a,
    const struct basin_variable *b)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_str_eq(a->unit, b->unit);
    ck_assert_str_eq(a->long_name, b->long_name);
    ck_assert_int_eq(a->once, b->once);
    ck_assert_int_eq(a->clocked, b->clocked);
    ck_assert_uint_eq(a->rank, b->rank);
    ck_assert_uint_eq(a->stride, b->stride);
    for (size_t k = 0; k < a->rank; k++) {
        ck_assert_str_eq(a->dimension[k], b->dimension[k]);
        ck_assert_uint_eq(a->size[k], b->size[k]);
    }
    ck_assert_int_eq(a->edges == NULL, b->edges == NULL);
    if (a->edges != NULL) {
        same_numbers(a->edges, b->edges, a->size[a->rank - 1] + 1);
    }
    same_numbers(a->data, b->data,
        group->n_cells * (a->once ? 1 : group->n_replicates) * a->stride);
}

static void same_group(const struct basin_group *a, const struct basin_group *b)
{
    ck_assert_str_eq(a->label, b->label);
    ck_assert_str_eq(a->kind, b->kind);
    ck_assert_uint_eq(a->n_cells, b->n_cells);
    ck_assert_uint_eq(a->n_replicates, b->n_replicates);
    ck_assert_uint_eq(a->n_coordinates, b->n_coordinates);
    for (size_t i = 0; i < a->n_coordinates; i++) {
        const struct basin_coordinate *x = &a->coordinates[i];
        const struct basin_coordinate *y = &b->coordinates[i];
        ck_assert_str_eq(x->name, y->name);
        ck_assert_str_eq(x->unit, y->unit);
        ck_assert_str_eq(x->long_name, y->long_name);
        ck_assert_uint_eq(x->n, y->n);
        same_numbers(x->number, y->number, x->n);
        for (size_t v = 0; v < x->n; v++) {
            ck_assert_str_eq(x->text[v], y->text[v]);
        }
    }
    size_t n = a->n_cells * a->n_replicates;
    ck_assert_mem_eq(
        a->index, b->index, a->n_cells * a->n_coordinates * sizeof(*a->index));
    ck_assert_mem_eq(a->status, b->status, n);
    ck_assert_int_eq(a->reason == NULL, b->reason == NULL);
    for (size_t i = 0; a->reason != NULL && i < n; i++) {
        ck_assert_pstr_eq(a->reason[i], b->reason[i]);
    }
    ck_assert_uint_eq(a->n_variables, b->n_variables);
    for (size_t i = 0; i < a->n_variables; i++) {
        same_variable(a, &a->variables[i], &b->variables[i]);
    }
}

static void same_result(const struct basin_result *a, const struct basin_result *b)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_str_eq(a->title, b->title);
    ck_assert_str_eq(a->experiment, b->experiment);
    ck_assert_str_eq(a->config, b->config);
    ck_assert_int_eq(basin_id_compare(&a->plan, &b->plan), 0);
    ck_assert_uint_eq(a->n_groups, b->n_groups);
    for (size_t i = 0; i < a->n_groups; i++) {
        same_group(&a->groups[i], &b->groups[i]);
    }
}

static void write_result(const struct basin_result *result)
{
    int ret = basin_result_write(result, path, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
}

static void comes_back(const struct basin_result *result)
{
    struct basin_result read;
    write_result(result);
    int ret = basin_result_read(&read, path, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    same_result(result, &read);
    basin_result_free(&read);
}

static const char *const GRID = "experiment: toy\n"
                                "title: Käse \"and\" numbers\n"
                                "replicates: 5\n"
                                "rules:\n"
                                "  - {label: first one, rule: alpha}\n"
                                "  - {label: config, rule: bravo}\n"
                                "sweep:\n"
                                "  - grid: {size: [2, 4], level: [0.5, 1, 1e-9],\n"
                                "           shade: [light, dark], beta: [0.25, auto]}\n";

/* ---- Tests --------------------------------------------------------------------------
 */

START_TEST(a_result_has_the_plan_s_cells_and_the_toy_s_numbers)
{
    struct made made;
    make_result(&made, GRID);
    ck_assert_uint_eq(made.result.n_groups, 2);
    ck_assert_uint_eq(made.result.groups[0].n_cells, 24);
    ck_assert_uint_eq(made.result.groups[1].n_cells, 12);
    ck_assert_uint_eq(made.result.groups[0].n_variables, TOY_EXTRA);
    ck_assert_ptr_null(basin_group_variable(&made.result.groups[0], "extra"));
    ck_assert_ptr_null(basin_result_group(&made.result, "nobody"));
    fill(&made);
    struct basin_params params = {0};
    for (size_t c = 0; c < made.plan.n_cells; c++) {
        const struct basin_group *group = &made.result.groups[made.cell_at[c] >> 32];
        size_t cell = (uint32_t)made.cell_at[c];
        ck_assert_int_eq(basin_plan_params(&made.plan, c, &params, &diag), 0);
        const struct toy *own = params.own[0];
        size_t level =
            (size_t)(basin_group_coordinate(group, "level") - group->coordinates);
        ck_assert(basin_group_value(group, cell, level) == own->level);
        const struct basin_variable *picture = basin_group_variable(group, "picture");
        const struct basin_variable *spectrum = basin_group_variable(group, "spectrum");
        ck_assert_uint_eq(picture->stride, 4 * 5);
        for (size_t i = 0; i < 20; i++) {
            size_t row = i / 5;
            size_t column = i % 5;
            size_t side = (size_t)own->size;
            double found = picture->data[cell * 20 + i];
            if (row < side && column < side + 1) {
                ck_assert(found == toy_number(own, &made.plan.cells[c].id, 0, TOY_PICTURE,
                                       row * (side + 1) + column));
            } else {
                ck_assert_double_nan(found);
            }
        }
        for (size_t r = 0; r < 5; r++) {
            ck_assert(
                spectrum->data[(cell * 5 + r) * 4 + 1] ==
                toy_number(own, &made.plan.cells[c].id, (uint32_t)r, TOY_SPECTRUM, 1));
            ck_assert_int_eq(
                basin_result_status(&made.result, made.cell_at[c], (uint32_t)r),
                r == 3 ? BASIN_STATUS_NOT_CONVERGED : BASIN_STATUS_OK);
        }
    }
    basin_params_free(&params);
    drop(&made);
}
END_TEST

START_TEST(a_grid_comes_back)
{
    struct made made;
    make_result(&made, GRID);
    fill(&made);
    made.result.groups[0].variables[0].clocked = true;
    comes_back(&made.result);
    drop(&made);
}
END_TEST

START_TEST(a_grid_with_gaps_comes_back)
{
    struct made made;
    make_result(&made, "experiment: toy\nreplicates: 2\nrules: [{rule: bravo}]\n"
                       "sweep:\n"
                       "  - grid: {size: [2, 3], level: [1, 2, 3], broken: [never, 1]}\n"
                       "    exclude: [{size: 3, level: 2}]\n");
    ck_assert_uint_eq(made.plan.n_cells, 10);
    fill(&made);
    comes_back(&made.result);
    drop(&made);
}
END_TEST

START_TEST(a_table_comes_back)
{
    struct made made;
    make_result(&made, "experiment: toy\nreplicates: 2\nrules: [{rule: alpha}]\n"
                       "sweep:\n"
                       "  - zip: {size: [1, 2, 3, 4, 5, 6], level: [6, 5, 4, 3, 2, 1],\n"
                       "          word: [x, y, z, x, y, '7']}\n"
                       "  - grid: {beta: [auto, 3], broken: [1]}\n");
    ck_assert_uint_eq(made.plan.n_cells, 8);
    fill(&made);
    comes_back(&made.result);
    drop(&made);
}
END_TEST

START_TEST(one_cell_without_axes_comes_back)
{
    struct made made;
    make_result(&made, "experiment: toy\nreplicates: 1\nrules: [{rule: bravo}]\n");
    fill(&made);
    comes_back(&made.result);
    drop(&made);
}
END_TEST

START_TEST(what_was_never_run_is_not_listed)
{
    struct made made;
    struct basin_result read;
    make_result(&made, GRID);
    put(&made, 7, 2);
    put(&made, 30, 0);
    write_result(&made.result);
    ck_assert_int_eq(basin_result_read(&read, path, &diag), 0);
    ck_assert_uint_eq(read.groups[0].n_cells, 1);
    ck_assert_uint_eq(read.groups[1].n_cells, 1);
    ck_assert_mem_eq(read.groups[0].index,
        made.result.groups[0].index + 7 * made.result.groups[0].n_coordinates,
        made.result.groups[0].n_coordinates * sizeof(uint32_t));
    ck_assert_double_nan(basin_group_variable(&read.groups[0], "value")->data[1]);
    ck_assert(basin_group_variable(&read.groups[0], "value")->data[2] ==
              basin_group_variable(&made.result.groups[0], "value")->data[7 * 5 + 2]);
    basin_result_free(&read);
    drop(&made);
}
END_TEST

START_TEST(a_second_record_replaces_the_first)
{
    struct made made;
    make_result(&made, "experiment: toy\nreplicates: 1\nrules: [{rule: bravo}]\n");
    struct basin_record failed = {.status = BASIN_STATUS_FAILED, .reason = "no luck"};
    ck_assert_int_eq(
        basin_result_put(&made.result, made.cell_at[0], 0, &failed, &diag), 0);
    ck_assert_str_eq(made.result.groups[0].reason[0], "no luck");
    put(&made, 0, 0);
    ck_assert_ptr_null(made.result.groups[0].reason[0]);
    ck_assert_int_eq(made.result.groups[0].status[0], BASIN_STATUS_OK);
    drop(&made);
}
END_TEST

START_TEST(a_record_of_another_layout_is_refused)
{
    struct made made;
    double values[3] = {0};
    make_result(&made, "experiment: toy\nreplicates: 1\nrules: [{rule: bravo}]\n");
    struct basin_record record = {.status = BASIN_STATUS_OK, .n = 3, .values = values};
    ck_assert_int_eq(basin_result_put(&made.result, made.cell_at[0], 0, &record, &diag),
        BASIN_ERR_FORMAT);
    ck_assert_str_eq(
        diag.text, "a record has 3 numbers, the experiment toy now measures 20");
    ck_assert_int_eq(made.result.groups[0].status[0], BASIN_STATUS_NOT_RUN);
    drop(&made);
}
END_TEST

static char *read_bytes(size_t *n)
{
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    *n = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*n);
    ck_assert_uint_eq(fread(bytes, 1, *n, file), *n);
    fclose(file);
    return bytes;
}

START_TEST(the_same_result_is_the_same_bytes_and_is_not_written_again)
{
    struct made made;
    struct stat before;
    struct stat after;
    size_t n_first;
    size_t n_second;
    make_result(&made, GRID);
    fill(&made);
    write_result(&made.result);
    stat(path, &before);
    char *first = read_bytes(&n_first);
    write_result(&made.result);
    stat(path, &after);
    ck_assert_uint_eq(before.st_ino, after.st_ino);
    unlink(path);
    drop(&made);

    make_result(&made, GRID);
    fill(&made);
    write_result(&made.result);
    char *second = read_bytes(&n_second);
    ck_assert_uint_eq(n_first, n_second);
    ck_assert_mem_eq(first, second, n_first);
    free(first);
    free(second);
    drop(&made);
}
END_TEST

/* Labels that netCDF would refuse as names, or cut within a character; two become one. */
START_TEST(strange_labels_come_back)
{
    struct made made;
    char text[1200] = "experiment: toy\nreplicates: 1\nrules:\n";
    static const char *const labels[] = {"\\tend ", "+plus", "_plus", "code", "\\u00e4"};
    for (size_t i = 0; i < 5; i++) {
        snprintf(text + strlen(text), 200,
            "  - {label: \"%s\", rule: alpha, beta: %zu}\n", labels[i], i);
    }
    strcat(text, "  - {label: \"x");
    for (int i = 0; i < 100; i++) {
        strcat(text, "\\u00e4");
    }
    strcat(text, "\", rule: bravo}\n");
    make_result(&made, text);
    ck_assert_uint_eq(made.result.n_groups, 6);
    fill(&made);
    comes_back(&made.result);
    drop(&made);
}
END_TEST

/* ---- Bad files -------------------------------------------------------------------- */

static void read_fails(const char *sentence)
{
    struct basin_result read;
    char expected[256];
    snprintf(expected, sizeof(expected), "%s: %s", path, sentence);
    ck_assert_int_eq(basin_result_read(&read, path, &diag), BASIN_ERR_FORMAT);
    ck_assert_str_eq(diag.text, expected);
    ck_assert_ptr_null(read.groups);
}

START_TEST(other_files_are_refused)
{
    struct basin_result read;
    ck_assert_int_eq(basin_result_read(&read, path, &diag), BASIN_ERR_IO);
    FILE *file = fopen(path, "w");
    fputs("not at all", file);
    fclose(file);
    read_fails("not an HDF5 file");
    hid_t other = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(other);
    read_fails("not a results file of basin: 'Conventions' is missing (attribute)");
    other = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    H5LTset_attribute_string(other, "/", "Conventions", "CF-1.8");
    H5Fclose(other);
    read_fails("not a results file of basin: 'Conventions' is not a text (attribute)");
}
END_TEST

/* Removes one thing of a good file at a time. */
static const struct {
    const char *group, *attribute, *link, *sentence;
} harm[] = {
    {"/", "plan", NULL, "not a results file of basin: 'plan' is missing (attribute)"},
    {"/", NULL, "config", "not a results file of basin: 'config' is missing (group)"},
    {"/config", NULL, "yaml", "not a results file of basin: 'config/yaml' is missing"},
    {"/first one", "axes", NULL,
        "group first one: not a results file of basin: 'axes' is missing (attribute)"},
    {"/first one", NULL, "status",
        "group first one: not a results file of basin: 'status' is missing"},
    {"/first one", NULL, "level",
        "group first one: not a results file of basin: 'level' is missing"},
    {"/first one", NULL, "beta_number",
        "group first one: not a results file of basin: 'beta_number' is missing"},
    {"/first one", NULL, "value",
        "group first one: not a results file of basin: 'value' is missing"},
    {"/first one/value", "units", NULL,
        "group first one: not a results file of basin: 'units' is missing (attribute)"},
};

START_TEST(a_damaged_file_says_what_is_missing)
{
    struct made made;
    make_result(&made, GRID);
    fill(&made);
    write_result(&made.result);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    if (harm[_i].attribute != NULL) {
        ck_assert_int_ge(
            H5Adelete_by_name(file, harm[_i].group, harm[_i].attribute, H5P_DEFAULT), 0);
    } else {
        hid_t group = H5Gopen2(file, harm[_i].group, H5P_DEFAULT);
        ck_assert_int_ge(H5Ldelete(group, harm[_i].link, H5P_DEFAULT), 0);
        H5Gclose(group);
    }
    H5Fclose(file);
    read_fails(harm[_i].sentence);
    drop(&made);
}
END_TEST

/* ---- Other programs ---------------------------------------------------------------- */

static bool run_command(const char *command)
{
    fflush(NULL);
    return system(command) == 0;
}

START_TEST(ncdump_sees_named_dimensions)
{
    struct made made;
    char command[256];
    if (!run_command("command -v ncdump >/dev/null")) {
        return;
    }
    make_result(&made, GRID);
    fill(&made);
    write_result(&made.result);
    static const char *const lines[] = {"level = 3 ;", "replicate = 5 ;",
        "bin_edges = 5 ;", "string shade(shade) ;", "string beta(beta) ;",
        "double value(size, level, shade, beta, replicate) ;",
        "byte status(size, level, shade, beta, replicate) ;",
        "double counts(size, level, shade, beta, replicate, bin) ;",
        "double picture(size, level, shade, beta, row, column) ;",
        "string value:units = \"K\" ;", "value:_FillValue = NaN ;",
        "flag_values = 0b, 1b, 2b, 3b, 4b ;", "group: first\\ one {", "string yaml ;"};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        snprintf(
            command, sizeof(command), "ncdump -h %s | grep -qF '%s'", path, lines[i]);
        ck_assert_msg(run_command(command), "ncdump does not say %s", lines[i]);
    }
    drop(&made);
}
END_TEST

START_TEST(python_opens_it_with_named_axes)
{
    struct made made;
    char command[256];
    make_result(&made, GRID);
    fill(&made);
    write_result(&made.result);
    snprintf(
        command, sizeof(command), "/usr/bin/python3 tests/cli/open_result.py %s", path);
    ck_assert(run_command(command));
    drop(&made);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("result");
    TCase *c = tcase_create("result");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, a_result_has_the_plan_s_cells_and_the_toy_s_numbers);
    tcase_add_test(c, a_grid_comes_back);
    tcase_add_test(c, a_grid_with_gaps_comes_back);
    tcase_add_test(c, a_table_comes_back);
    tcase_add_test(c, one_cell_without_axes_comes_back);
    tcase_add_test(c, what_was_never_run_is_not_listed);
    tcase_add_test(c, a_second_record_replaces_the_first);
    tcase_add_test(c, a_record_of_another_layout_is_refused);
    tcase_add_test(c, the_same_result_is_the_same_bytes_and_is_not_written_again);
    tcase_add_test(c, strange_labels_come_back);
    tcase_add_test(c, other_files_are_refused);
    tcase_add_loop_test(
        c, a_damaged_file_says_what_is_missing, 0, sizeof(harm) / sizeof(harm[0]));
    tcase_add_test(c, ncdump_sees_named_dimensions);
    tcase_add_test(c, python_opens_it_with_named_axes);
    suite_add_tcase(s, c);
    return s;
}
