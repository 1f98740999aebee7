/* The numbers of a claim, arranged for its statistic. */
#include "claims/data.h"

#include <math.h>
#include <stdlib.h>

static int compare_points(const void *a, const void *b)
{
    const struct basin_point *p = a;
    const struct basin_point *q = b;
    if (p->between != q->between) {
        return p->between < q->between ? -1 : 1;
    }
    if (p->along != q->along) {
        return p->along < q->along ? -1 : 1;
    }
    if (p->group != q->group) {
        return p->group < q->group ? -1 : 1;
    }
    return p->cell < q->cell ? -1 : p->cell > q->cell;
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Sorts numbers and keeps one of each; returns how many there are. */
static size_t distinct(double *number, size_t n)
{
    size_t kept = 0;
    qsort(number, n, sizeof(*number), compare_numbers);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || number[i] != number[kept - 1]) {
            number[kept++] = number[i];
        }
    }
    return kept;
}

static size_t index_of(const double *sorted, size_t n, double value)
{
    const double *found = bsearch(&value, sorted, n, sizeof(*sorted), compare_numbers);
    return (size_t)(found - sorted);
}

int basin_sample_arrange(struct basin_sample *self, struct basin_diag *diag)
{
    size_t n = self->n;
    if (n == 0) {
        return 0;
    }
    qsort(self->point, n, sizeof(*self->point), compare_points);
    self->along = malloc(n * sizeof(*self->along));
    self->between = malloc(n * sizeof(*self->between));
    self->place = malloc(n * sizeof(*self->place));
    if (self->along == NULL || self->between == NULL || self->place == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        self->along[i] = self->point[i].along;
        self->between[i] = self->point[i].between;
    }
    self->n_along = distinct(self->along, n);
    self->n_between = distinct(self->between, n);
    self->count = calloc(self->n_along * self->n_between, sizeof(*self->count));
    if (self->count == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        size_t b = index_of(self->between, self->n_between, self->point[i].between);
        size_t a = index_of(self->along, self->n_along, self->point[i].along);
        self->place[i] = b * self->n_along + a;
        self->count[self->place[i]]++;
    }
    return 0;
}

void basin_sample_free(struct basin_sample *self)
{
    free(self->point);
    free(self->along);
    free(self->between);
    free(self->place);
    free(self->count);
    *self = (struct basin_sample){0};
}

int basin_data_prepare(struct basin_data *self, struct basin_diag *diag)
{
    const struct basin_sample *first = &self->first;
    size_t places = first->n_along * first->n_between;
    size_t values = first->n * first->n_replicates;
    self->curve = malloc((places + 1) * sizeof(*self->curve));
    self->scratch = malloc((values + 2 * places + 2) * sizeof(*self->scratch));
    if (self->curve == NULL || self->scratch == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    return 0;
}

void basin_data_free(struct basin_data *self)
{
    basin_sample_free(&self->first);
    basin_sample_free(&self->second);
    free(self->curve);
    free(self->scratch);
    self->curve = NULL;
    self->scratch = NULL;
}

static double point_mean(
    const struct basin_point *point, const uint32_t *pick, size_t n_pick)
{
    double sum = 0;
    for (size_t i = 0; i < n_pick; i++) {
        sum += point->value[pick[i]];
    }
    return sum / (double)n_pick;
}

double basin_sample_mean(
    const struct basin_sample *self, const uint32_t *pick, size_t n_pick)
{
    double sum = 0;
    for (size_t i = 0; i < self->n; i++) {
        sum += point_mean(&self->point[i], pick, n_pick);
    }
    return sum / (double)self->n;
}

void basin_data_curves(struct basin_data *self, const uint32_t *pick, size_t n_pick)
{
    const struct basin_sample *first = &self->first;
    for (size_t i = 0; i < first->n_along * first->n_between; i++) {
        self->curve[i] = first->count[i] == 0 ? NAN : 0;
    }
    for (size_t i = 0; i < first->n; i++) {
        size_t place = first->place[i];
        self->curve[place] +=
            point_mean(&first->point[i], pick, n_pick) / first->count[place];
    }
}
