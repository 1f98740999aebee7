/* F of a dense associative memory and its gains. */
#include "rules/interaction.h"

#include <gsl/gsl_machine.h>
#include <gsl/gsl_pow_int.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

double basin_interaction_shift(const struct basin_interaction *self, const double *o)
{
    if (self->kind != BASIN_EXPONENTIAL) {
        return 0;
    }
    double largest = o[0];
    for (size_t i = 1; i < self->patterns; i++) {
        largest = fmax(largest, o[i]);
    }
    return largest;
}

/* F(z), divided by e^shift if F is the exponential. */
static double separate(const struct basin_interaction *self, double z, double shift)
{
    switch (self->kind) {
    case BASIN_EXPONENTIAL:
        return exp(z - shift);
    case BASIN_RECTIFIED:
        return z > 0 ? gsl_pow_int(z, self->power) : 0;
    default:
        return gsl_pow_int(z, self->power);
    }
}

/* Of powers for v = -d-1 ... d+1, of exponentials for v - shift = -2d-1 ... 1. */
static void fill_gains(struct basin_interaction *self, long least, long most)
{
    double largest = 0;
    for (long v = least; v <= most; v++) {
        double gain = separate(self, (double)v + 1, 0) - separate(self, (double)v - 1, 0);
        self->table[v - least] = gain;
        largest = fmax(largest, fabs(gain));
    }
    self->gain = self->table - least;
    double n = (double)self->patterns;
    bool exact = self->kind != BASIN_EXPONENTIAL && 2 * n * largest < 0x1p53;
    self->ambiguous = exact ? -1 : 4 * n * n * largest * GSL_DBL_EPSILON;
}

int basin_interaction_init(struct basin_interaction *self,
    enum basin_interaction_kind kind, int power, size_t patterns, size_t d,
    struct basin_diag *diag)
{
    *self = (struct basin_interaction){
        .kind = kind, .power = power, .patterns = patterns, .d = (long)d};
    long least = kind == BASIN_EXPONENTIAL ? -2 * self->d - 1 : -self->d - 1;
    long most = kind == BASIN_EXPONENTIAL ? 1 : self->d + 1;
    self->table = malloc((size_t)(most - least + 1) * sizeof(*self->table));
    self->count = malloc((2 * d + 3) * sizeof(*self->count));
    if (self->table == NULL || self->count == NULL) {
        basin_interaction_free(self);
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory for a table of gains of %zu units", d);
    }
    fill_gains(self, least, most);
    return 0;
}

void basin_interaction_free(struct basin_interaction *self)
{
    free(self->table);
    free(self->count);
    *self = (struct basin_interaction){0};
}

double basin_interaction_sum(
    struct basin_interaction *self, const double *o, const signed char *x, double xi)
{
    long d = self->d;
    long *count = self->count + d + 1; /* count[v], v = -d-1 ... d+1 */
    memset(self->count, 0, ((size_t)d * 2 + 3) * sizeof(*self->count));
    for (size_t i = 0; i < self->patterns; i++) {
        count[(long)(o[i] - x[i] * xi)] += x[i];
    }
    if (self->kind == BASIN_POLYNOMIAL) { /* G(-v) is -G(v) or G(v) */
        for (long v = 1; v <= d + 1; v++) {
            count[v] += self->power % 2 == 0 ? -count[-v] : count[-v];
            count[-v] = 0;
        }
    }
    long top = d + 1;
    while (top > -d - 1 && count[top] == 0) {
        top--;
    }
    long shift = self->kind == BASIN_EXPONENTIAL ? top : 0;
    double sum = 0;
    for (long v = top; v >= -d - 1; v--) {
        if (count[v] != 0) {
            sum += (double)count[v] * self->gain[v - shift];
        }
    }
    return sum;
}

double basin_interaction_energy(const struct basin_interaction *self, const double *o)
{
    double shift = basin_interaction_shift(self, o);
    double sum = 0;
    for (size_t i = 0; i < self->patterns; i++) {
        sum += separate(self, o[i], shift);
    }
    return self->kind == BASIN_EXPONENTIAL ? -(shift + log(sum)) : -sum;
}

/* |F'(z)| up to a factor; scale is the largest |overlap|. */
static double slope(
    const struct basin_interaction *self, double z, double shift, double scale)
{
    if (self->kind == BASIN_EXPONENTIAL) {
        return exp(z - shift);
    }
    if (z == 0 || (z < 0 && self->kind == BASIN_RECTIFIED)) {
        return 0;
    }
    return gsl_pow_int(fabs(z) / scale, self->power - 1);
}

void basin_interaction_shares(
    const struct basin_interaction *self, const double *o, double *p)
{
    double shift = basin_interaction_shift(self, o);
    double scale = 0;
    double sum = 0;
    for (size_t i = 0; i < self->patterns; i++) {
        scale = fmax(scale, fabs(o[i]));
    }
    for (size_t i = 0; i < self->patterns; i++) {
        p[i] = slope(self, o[i], shift, scale);
        sum += p[i];
    }
    for (size_t i = 0; i < self->patterns; i++) {
        p[i] = sum > 0 ? p[i] / sum : 1 / (double)self->patterns;
    }
}
