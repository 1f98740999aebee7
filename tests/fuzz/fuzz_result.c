/* A good results file, harmed (harm.h), and read. */
#include "store/result.h"
#include "tests/fuzz/harm.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* ---- The good file: a grid, and a table with texts and reasons ------------------- */

static double level[] = {0.5, 1, 2};
static char *level_text[] = {"0.5", "1", "2"};
static double word[] = {0, 1};
static char *word_text[] = {"light", "dark"};
static double value[2 * 3 * 2];
static double counts[2 * 3 * 2 * 4];
static double edges[] = {0, 1, 2, 4, 8};
static uint8_t status[] = {1, 1, 1, 2, 3, 4, 1, 1, 1, 1, 1, 1};
static char *reason[12] = {[3] = "no luck"};
static uint32_t grid_index[] = {0, 0, 0, 1, 1, 0, 1, 1, 2, 0, 2, 1};
static uint32_t table_index[] = {0, 0, 2, 1};

static struct basin_coordinate axes[] = {
    {"level", "K", "a number", 3, level, level_text},
    {"word", "1", "a text", 2, word, word_text},
};

static struct basin_variable variables[] = {
    {.name = "value", .unit = "K", .long_name = "a", .stride = 1, .data = value},
    {.name = "counts",
        .unit = "1",
        .long_name = "b",
        .rank = 1,
        .dimension = {"bin"},
        .size = {4},
        .stride = 4,
        .edges = edges,
        .data = counts},
    {.name = "picture",
        .unit = "1",
        .long_name = "c",
        .once = true,
        .rank = 1,
        .dimension = {"pixel"},
        .size = {2},
        .stride = 2,
        .data = value},
};

static struct basin_group groups[] = {
    {"grid", "alpha", 2, axes, 6, grid_index, 2, status, reason, 3, variables},
    {"table", "alpha", 2, axes, 2, table_index, 2, status, NULL, 3, variables},
};

static struct basin_result good = {
    "good", "Good", "toy", "experiment: toy\n", {{1}}, 2, groups};

static char path[64]; /* in memory: HDF5 opens only what has a real path */
static unsigned char *image;
static size_t image_size;

/* One cell of the six is not in the table, so that it is no grid. */
static void make_image(void)
{
    struct basin_diag diag;
    snprintf(path, sizeof(path), "/dev/shm/basin-fuzz-%ld.h5", (long)getpid());
    groups[1].n_cells = 1;
    if (basin_result_write(&good, path, &diag) != 0) {
        fprintf(stderr, "%s\n", diag.text);
        abort();
    }
    FILE *file = fopen(path, "rb");
    fseek(file, 0, SEEK_END);
    image_size = (size_t)ftell(file);
    image = malloc(image_size);
    rewind(file);
    if (fread(image, 1, image_size, file) != image_size) {
        abort();
    }
    fclose(file);
    unlink(path);
}

/* ---- Reading --------------------------------------------------------------------- */

static volatile double sum;

static void touch(const struct basin_result *result)
{
    for (size_t g = 0; g < result->n_groups; g++) {
        const struct basin_group *group = &result->groups[g];
        size_t n = group->n_cells * group->n_replicates;
        for (size_t i = 0; i < n; i++) {
            sum += group->status[i];
            sum += group->reason != NULL && group->reason[i] != NULL
                       ? (double)strlen(group->reason[i])
                       : 0;
        }
        for (size_t c = 0; c < group->n_cells * group->n_coordinates; c++) {
            sum += basin_group_value(
                group, c / group->n_coordinates, c % group->n_coordinates);
        }
        for (size_t v = 0; v < group->n_variables; v++) {
            const struct basin_variable *variable = &group->variables[v];
            size_t blocks = variable->once ? group->n_cells : n;
            for (size_t i = 0; i < blocks * variable->stride; i++) {
                sum += variable->data[i];
            }
            for (size_t i = 0;
                 variable->edges != NULL && i <= variable->size[variable->rank - 1];
                 i++) {
                sum += variable->edges[i];
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (image == NULL) {
        make_image();
    }
    FILE *copy = fopen(path, "wb");
    if (copy == NULL || fwrite(image, 1, image_size, copy) != image_size) {
        __builtin_trap();
    }
    fclose(copy);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    for (size_t at = 0; at + HARM <= size && at < 8 * HARM; at += HARM) {
        harm(file, bytes + at);
    }
    H5Fclose(file);
    struct basin_result result;
    struct basin_diag diag = {{0}};
    int ret = basin_result_read(&result, path, &diag);
    if ((ret != 0) != (diag.text[0] != '\0') || (size < HARM && ret != 0)) {
        __builtin_trap();
    }
    touch(&result);
    basin_result_free(&result);
    unlink(path);
    return 0;
}
