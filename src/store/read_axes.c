/* Reading a result: the axes of a group, and from them the index of its cells. */
#include "store/inside.h"

#include "base/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

struct value {
    double number;
    char *text; /* NULL: none, and number is NAN: the cell lacks the axis */
    size_t place;
};

/* Numbers ascending, NAN last; equal ones by text. */
static int compare_values(const void *left, const void *right)
{
    const struct value *a = left;
    const struct value *b = right;
    if (isnan(a->number) != isnan(b->number)) {
        return isnan(a->number) ? 1 : -1;
    }
    if (!isnan(a->number) && a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    if (a->text == NULL || b->text == NULL) {
        return (a->text == NULL) - (b->text == NULL);
    }
    return strcmp(a->text, b->text);
}

/* The values of an axis dataset: number and text of each position. */
static int read_values(const struct basin_reader *self, const char *name, size_t *n,
    struct value **values, struct basin_coordinate *axis)
{
    struct basin_h5_shape shape;
    hid_t dataset;
    double *numbers = NULL;
    char **texts = NULL;
    *values = NULL;
    int ret = basin_h5_open(self->id, name, &shape, self->budget, &dataset, self->diag);
    if (ret != 0) {
        return ret;
    }
    if (shape.rank != 1 || shape.n > UINT32_MAX - 1) {
        ret = basin_h5_fail_format(self->diag, name, "has not just one dimension");
        goto out;
    }
    *n = shape.n;
    texts = calloc(shape.n, sizeof(*texts));
    *values = calloc(shape.n, sizeof(**values));
    if (texts == NULL || *values == NULL) {
        ret = fail_memory(self->diag);
        goto out;
    }
    ret = basin_h5_read_text(dataset, "units", &axis->unit, self->diag);
    ret = ret != 0
              ? ret
              : basin_h5_read_text(dataset, "long_name", &axis->long_name, self->diag);
    if (ret == 0 && shape.text) {
        char number_name[256];
        size_t n_numbers;
        snprintf(number_name, sizeof(number_name), "%s_number", name);
        ret = basin_h5_read_strings(dataset, shape.n, texts, self->budget, self->diag);
        ret = ret != 0 ? ret
                       : basin_h5_read_list(self->id, number_name, self->budget,
                             &n_numbers, &numbers, self->diag);
        if (ret == 0 && n_numbers != shape.n) {
            ret = basin_h5_fail_format(self->diag, number_name, "has the wrong size");
        }
    } else if (ret == 0) {
        ret = basin_h5_read_numbers(
            dataset, name, &shape, self->budget, &numbers, self->diag);
    }
    for (size_t i = 0; ret == 0 && i < shape.n; i++) {
        char buffer[32];
        if (!shape.text && !isnan(numbers[i])) {
            texts[i] = basin_str_copy(basin_str_of_double(numbers[i], buffer));
            ret = texts[i] == NULL ? fail_memory(self->diag) : 0;
        }
        (*values)[i] = (struct value){numbers[i], texts[i], i};
        texts[i] = NULL;
    }
out:
    for (size_t i = 0; texts != NULL && i < shape.n; i++) {
        free(texts[i]);
    }
    free(texts);
    free(numbers);
    H5Dclose(dataset);
    return ret;
}

/* Values become the coordinate; of[i] receives the coordinate's value at position i. In a
 * table, equal values are one. */
static void take_values(const struct basin_reader *self, struct value *values, size_t n,
    struct basin_coordinate *axis, uint32_t *of)
{
    if (!self->grid) {
        qsort(values, n, sizeof(*values), compare_values);
    }
    for (size_t i = 0; i < n; i++) {
        if (!self->grid && values[i].text == NULL) {
            of[values[i].place] = BASIN_NO_VALUE;
            continue;
        }
        bool again = !self->grid && axis->n > 0 &&
                     strcmp(values[i].text, axis->text[axis->n - 1]) == 0;
        if (again) {
            free(values[i].text);
        } else {
            axis->number[axis->n] = values[i].number;
            axis->text[axis->n++] = values[i].text;
        }
        values[i].text = NULL;
        of[values[i].place] = (uint32_t)axis->n - 1;
    }
}

/* Reads an axis; of: one entry per position, allocated. */
static int read_axis(const struct basin_reader *self, const char *name,
    struct basin_coordinate *axis, uint32_t **of, size_t *n)
{
    struct value *values = NULL;
    *n = 0;
    axis->name = basin_str_copy(name);
    int ret = axis->name == NULL ? fail_memory(self->diag)
                                 : read_values(self, name, n, &values, axis);
    *of = NULL;
    if (ret == 0) {
        axis->number = calloc(*n + 1, sizeof(*axis->number));
        axis->text = calloc(*n + 1, sizeof(*axis->text));
        *of = calloc(*n + 1, sizeof(**of));
        if (axis->number == NULL || axis->text == NULL || *of == NULL) {
            ret = fail_memory(self->diag);
        }
    }
    for (size_t i = 0; ret == 0 && self->grid && i < *n; i++) {
        if (values[i].text == NULL) {
            ret = basin_h5_fail_format(self->diag, name, "lacks a value (axis)");
        }
    }
    if (ret == 0) {
        take_values(self, values, *n, axis, *of);
    }
    for (size_t i = 0; values != NULL && i < *n; i++) {
        free(values[i].text);
    }
    free(values);
    return ret;
}

int basin_read_names(char *names, char **words, size_t *n, struct basin_diag *diag)
{
    *n = 0;
    for (char *rest = NULL, *word = strtok_r(names, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        if (*n == BASIN_NAMES || strlen(word) > 60) {
            return basin_h5_fail_format(diag, names, "has too many or too long names");
        }
        words[(*n)++] = word;
    }
    return 0;
}

/* Axes of a grid: the index counts through all places, the last axis fastest. */
static void index_grid(struct basin_group *group, size_t n_places)
{
    uint32_t at[BASIN_NAMES] = {0};
    size_t n = group->n_coordinates;
    for (size_t p = 0; p < n_places; p++) {
        memcpy(group->index + p * n, at, n * sizeof(*at));
        for (size_t a = n; a-- > 0;) {
            if (++at[a] < group->coordinates[a].n) {
                break;
            }
            at[a] = 0;
        }
    }
}

int basin_read_axes(struct basin_reader *self, char *names)
{
    struct basin_group *group = self->group;
    char *words[BASIN_NAMES];
    uint32_t *of[BASIN_NAMES] = {NULL};
    size_t n = 0;
    int ret = basin_read_names(names, words, &n, self->diag);
    if (ret != 0) {
        return ret;
    }
    group->coordinates = calloc(n + 1, sizeof(*group->coordinates));
    if (group->coordinates == NULL) {
        return fail_memory(self->diag);
    }
    self->n_places = 1;
    for (size_t a = 0; ret == 0 && a < n; a++) {
        size_t length;
        group->n_coordinates++;
        ret = read_axis(self, words[a], &group->coordinates[a], &of[a], &length);
        if (ret == 0 && self->grid && length > basin_result_most() / self->n_places) {
            ret = basin_h5_fail_format(self->diag, group->label, "has too big a grid");
        } else if (ret == 0 && self->grid) {
            self->n_places *= length;
        } else if (ret == 0 && a > 0 && length != self->n_places) {
            ret = basin_h5_fail_format(self->diag, words[a], "has the wrong size");
        } else {
            self->n_places = length;
        }
    }
    if (ret == 0) {
        group->index = calloc(self->n_places * n + 1, sizeof(*group->index));
        ret = group->index == NULL ? fail_memory(self->diag) : 0;
    }
    if (ret == 0 && self->grid) {
        index_grid(group, self->n_places);
    }
    for (size_t a = 0; a < n; a++) {
        for (size_t p = 0; ret == 0 && !self->grid && p < self->n_places; p++) {
            group->index[p * n + a] = of[a][p];
        }
        free(of[a]);
    }
    return ret;
}
