/* A result in memory: filled record by record, looked into, freed. */
#include "store/inside.h"

#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

/* ---- Filling -------------------------------------------------------------------- */

/* How many numbers a cell's record has of a variable. */
static size_t numbers(const struct basin_variable *self, size_t cell, uint32_t replicate)
{
    if (self->once && replicate > 0) {
        return 0;
    }
    size_t n = self->stride;
    if (self->extent != NULL) {
        n = 1;
        for (size_t k = 0; k < basin_variable_width(self); k++) {
            n *= self->extent[cell * basin_variable_width(self) + k];
        }
    }
    return n;
}

/* What is done with a run of numbers of a record and their place in the result; false
 * ends it. */
typedef bool (*use_numbers)(const double *from, double *to, size_t n);

static bool copy(const double *from, double *to, size_t n)
{
    memcpy(to, from, n * sizeof(*to));
    return true;
}

static bool is_equal(const double *from, double *to, size_t n)
{
    return memcmp(to, from, n * sizeof(*to)) == 0;
}

/* A cell's own block and the corner of the full one where it belongs. */
static bool use_block(const struct basin_variable *self, size_t cell, const double *from,
    double *to, use_numbers use)
{
    if (self->extent == NULL) {
        return use(from, to, self->stride);
    }
    size_t own[BASIN_METRIC_RANK] = {1, 1, 1};
    size_t full[BASIN_METRIC_RANK] = {1, 1, 1};
    for (size_t k = 0; k < basin_variable_width(self); k++) {
        size_t at = BASIN_METRIC_RANK - basin_variable_width(self) + k;
        own[at] = self->extent[cell * basin_variable_width(self) + k];
        full[at] = self->size[k];
    }
    bool good = true;
    for (size_t i = 0; good && i < own[0]; i++) {
        for (size_t j = 0; good && j < own[1]; j++) {
            good = use(from + (i * own[1] + j) * own[2], to + (i * full[1] + j) * full[2],
                own[2]);
        }
    }
    return good;
}

/* All numbers of a replicate's record. */
static bool use_record(const struct basin_group *group, size_t cell, uint32_t replicate,
    const double *from, use_numbers use)
{
    bool good = true;
    for (size_t i = 0; good && i < group->n_variables; i++) {
        const struct basin_variable *variable = &group->variables[i];
        size_t n = numbers(variable, cell, replicate);
        size_t block = variable->once ? cell : cell * group->n_replicates + replicate;
        good = n == 0 || use_block(variable, cell, from,
                             variable->data + block * variable->stride, use);
        from += n;
    }
    return good;
}

/* How many numbers a replicate's record has. */
static size_t record_size(
    const struct basin_group *group, size_t cell, uint32_t replicate)
{
    size_t n = 0;
    for (size_t i = 0; i < group->n_variables; i++) {
        n += numbers(&group->variables[i], cell, replicate);
    }
    return n;
}

static int put_reason(
    struct basin_group *group, size_t at, const char *reason, struct basin_diag *diag)
{
    if (group->reason == NULL && reason[0] == '\0') {
        return 0;
    }
    if (group->reason == NULL) {
        group->reason =
            calloc(group->n_cells * group->n_replicates, sizeof(*group->reason));
        if (group->reason == NULL) {
            return fail_memory(diag);
        }
    }
    free(group->reason[at]);
    group->reason[at] = NULL;
    if (reason[0] != '\0') {
        group->reason[at] = basin_str_copy(reason);
        if (group->reason[at] == NULL) {
            return fail_memory(diag);
        }
    }
    return 0;
}

int basin_result_put(struct basin_result *self, uint64_t cell_at, uint32_t replicate,
    const struct basin_record *record, struct basin_diag *diag)
{
    struct basin_group *group = &self->groups[cell_at >> 32];
    size_t cell = (uint32_t)cell_at;
    size_t at = cell * group->n_replicates + replicate;
    size_t expected = record_size(group, cell, replicate);
    bool empty = record->status == BASIN_STATUS_FAILED && record->n == 0;
    if (record->n != expected && !empty) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "a record has %zu numbers, the experiment %s now measures %zu", record->n,
            self->experiment, expected);
    }
    if (!empty) {
        use_record(group, cell, replicate, record->values, copy);
    }
    group->status[at] = (uint8_t)record->status;
    return put_reason(group, at, record->reason, diag);
}

/* ---- Looking and freeing -------------------------------------------------------- */

enum basin_status basin_result_status(
    const struct basin_result *self, uint64_t cell_at, uint32_t replicate)
{
    const struct basin_group *group = &self->groups[cell_at >> 32];
    size_t cell = (uint32_t)cell_at;
    return (enum basin_status)group->status[cell * group->n_replicates + replicate];
}

const char *basin_result_reason(
    const struct basin_result *self, uint64_t cell_at, uint32_t replicate)
{
    const struct basin_group *group = &self->groups[cell_at >> 32];
    size_t at = (uint32_t)cell_at * group->n_replicates + replicate;
    return group->reason == NULL || group->reason[at] == NULL ? "" : group->reason[at];
}

bool basin_result_same(const struct basin_result *self, uint64_t cell_at,
    uint32_t replicate, const struct basin_record *record)
{
    const struct basin_group *group = &self->groups[cell_at >> 32];
    size_t cell = (uint32_t)cell_at;
    return record->status == basin_result_status(self, cell_at, replicate) &&
           strcmp(record->reason, basin_result_reason(self, cell_at, replicate)) == 0 &&
           record->n == record_size(group, cell, replicate) &&
           use_record(group, cell, replicate, record->values, is_equal);
}

const struct basin_group *basin_result_group(
    const struct basin_result *self, const char *label)
{
    for (size_t i = 0; i < self->n_groups; i++) {
        if (strcmp(self->groups[i].label, label) == 0) {
            return &self->groups[i];
        }
    }
    return NULL;
}

const struct basin_variable *basin_group_variable(
    const struct basin_group *self, const char *name)
{
    for (size_t i = 0; i < self->n_variables; i++) {
        if (strcmp(self->variables[i].name, name) == 0) {
            return &self->variables[i];
        }
    }
    return NULL;
}

const struct basin_coordinate *basin_group_coordinate(
    const struct basin_group *self, const char *name)
{
    for (size_t i = 0; i < self->n_coordinates; i++) {
        if (strcmp(self->coordinates[i].name, name) == 0) {
            return &self->coordinates[i];
        }
    }
    return NULL;
}

double basin_group_value(const struct basin_group *self, size_t cell, size_t coordinate)
{
    uint32_t value = self->index[cell * self->n_coordinates + coordinate];
    return value == BASIN_NO_VALUE ? NAN : self->coordinates[coordinate].number[value];
}

static void free_coordinate(struct basin_coordinate *self)
{
    for (size_t i = 0; self->text != NULL && i < self->n; i++) {
        free(self->text[i]);
    }
    free(self->text);
    free(self->number);
    free(self->name);
    free(self->unit);
    free(self->long_name);
}

void basin_variable_free(struct basin_variable *self)
{
    free(self->name);
    free(self->unit);
    free(self->long_name);
    for (size_t k = 0; k < BASIN_METRIC_RANK; k++) {
        free(self->dimension[k]);
    }
    free(self->edges);
    free(self->data);
    free(self->extent);
}

static void free_group(struct basin_group *self)
{
    for (size_t i = 0; self->coordinates != NULL && i < self->n_coordinates; i++) {
        free_coordinate(&self->coordinates[i]);
    }
    for (size_t i = 0; self->variables != NULL && i < self->n_variables; i++) {
        basin_variable_free(&self->variables[i]);
    }
    size_t n = self->reason == NULL ? 0 : self->n_cells * self->n_replicates;
    for (size_t i = 0; i < n; i++) {
        free(self->reason[i]);
    }
    free(self->label);
    free(self->kind);
    free(self->coordinates);
    free(self->index);
    free(self->status);
    free(self->reason);
    free(self->variables);
}

void basin_result_free(struct basin_result *self)
{
    for (size_t i = 0; self->groups != NULL && i < self->n_groups; i++) {
        free_group(&self->groups[i]);
    }
    free(self->groups);
    free(self->name);
    free(self->title);
    free(self->experiment);
    free(self->config);
    *self = (struct basin_result){0};
}
