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

/* Copies a cell's own block into the corner of a full one. */
static void copy_block(
    const struct basin_variable *self, size_t cell, const double *from, double *to)
{
    if (self->extent == NULL) {
        memcpy(to, from, self->stride * sizeof(*to));
        return;
    }
    size_t own[BASIN_METRIC_RANK] = {1, 1, 1};
    size_t full[BASIN_METRIC_RANK] = {1, 1, 1};
    for (size_t k = 0; k < basin_variable_width(self); k++) {
        size_t at = BASIN_METRIC_RANK - basin_variable_width(self) + k;
        own[at] = self->extent[cell * basin_variable_width(self) + k];
        full[at] = self->size[k];
    }
    for (size_t i = 0; i < own[0]; i++) {
        for (size_t j = 0; j < own[1]; j++) {
            memcpy(to + (i * full[1] + j) * full[2], from + (i * own[1] + j) * own[2],
                own[2] * sizeof(*to));
        }
    }
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
    size_t expected = 0;
    for (size_t i = 0; i < group->n_variables; i++) {
        expected += numbers(&group->variables[i], cell, replicate);
    }
    bool empty = record->status == BASIN_STATUS_FAILED && record->n == 0;
    if (record->n != expected && !empty) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "a record has %zu numbers, the experiment %s now measures %zu", record->n,
            self->experiment, expected);
    }
    const double *from = record->values;
    for (size_t i = 0; i < group->n_variables && !empty; i++) {
        const struct basin_variable *variable = &group->variables[i];
        size_t n = numbers(variable, cell, replicate);
        if (n > 0) {
            size_t block = variable->once ? cell : at;
            copy_block(variable, cell, from, variable->data + block * variable->stride);
            from += n;
        }
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
