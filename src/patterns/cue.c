/* Cues: damaged copies of stored patterns. */
#include "patterns/cue.h"

#include "patterns/draw.h"

#include <math.h>
#include <stdlib.h>

enum mask { MASK_NONE, MASK_LOWER, MASK_UPPER, MASK_LEFT, MASK_RIGHT, MASK_RANDOM };
enum fill { FILL_CONSTANT, FILL_RANDOM };

static const struct basin_field fields[] = {
    BASIN_FIELD_REAL(struct basin_cue, flip, "0", 0, 1, "1",
        "fraction of units turned over, exactly round(flip d) at random places: the "
        "sign; "
        "of binary patterns 0 <-> 1, as many ones as zeros"),
    BASIN_FIELD_REAL(struct basin_cue, noise, "0", 0, 1e100, "1",
        "standard deviation of Gaussian noise on every unit (continuous patterns)"),
    BASIN_FIELD_CHOICE(struct basin_cue, mask, "none|lower|upper|left|right|random",
        "none", "part that is masked: of a picture, or random units"),
    BASIN_FIELD_REAL(struct basin_cue, mask_fraction, "0.5", 0, 1, "1",
        "masked fraction of the picture's rows or columns, or of the units"),
    BASIN_FIELD_CHOICE(struct basin_cue, fill, "constant|random", "constant",
        "what masked units become: fill_value, or random values of the patterns' kind"),
    BASIN_FIELD_REAL(struct basin_cue, fill_value, "0", -1e100, 1e100, "1",
        "for fill: constant; in polar patterns -1, 1, or 0 for unknown"),
    BASIN_FIELD_REAL(struct basin_cue, mixture, "0", 0, 1, "1",
        "weight of the next stored pattern in the cue"),
    BASIN_FIELD_END,
};

const struct basin_kind basin_cue_kind = {
    .name = "cue",
    .summary = "a damaged copy of a stored pattern: mixture, flip, noise, then mask",
    .version = 1,
    .fields = fields,
    .size = sizeof(struct basin_cue),
};

static bool fill_value_fits(const struct basin_cue *cue, enum basin_domain domain)
{
    double value = cue->fill_value;
    switch (domain) {
    case BASIN_POLAR:
        return value == -1 || value == 0 || value == 1;
    case BASIN_BINARY:
        return value == 0 || value == 1;
    case BASIN_CONTINUOUS:
        return true;
    }
    return false;
}

int basin_cue_check(const struct basin_cue *cue, enum basin_domain domain, size_t side,
    struct basin_diag *diag)
{
    if (cue->noise > 0 && domain != BASIN_CONTINUOUS) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "noise: %s patterns would no longer be of their kind; use flip",
            basin_domain_name(domain));
    }
    if (cue->mask == MASK_NONE) {
        return 0;
    }
    if (cue->mask != MASK_RANDOM && side == 0) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "mask: these patterns are no pictures that have a lower, upper, left or "
            "right part; use random");
    }
    if (cue->fill == FILL_CONSTANT && !fill_value_fits(cue, domain)) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "fill_value: %g in %s patterns; it must be %s", cue->fill_value,
            basin_domain_name(domain),
            domain == BASIN_POLAR ? "-1, 1, or 0 for unknown" : "0 or 1");
    }
    return 0;
}

/* What making one set of cues needs. */
struct maker {
    const struct basin_cue *cue;
    enum basin_domain domain;
    size_t side;
    size_t *index; /* d */
    gsl_rng *r;
    struct basin_diag *diag;
};

/* x += mixture (other - x). Where units can have two values only, the heavier pattern
 * wins and equal weights are decided by a fair coin. */
static void mix(const struct maker *self, const gsl_vector *other, gsl_vector *x)
{
    double w = self->cue->mixture;
    for (size_t i = 0; i < x->size && w > 0; i++) {
        double a = gsl_vector_get(x, i);
        double b = gsl_vector_get(other, i);
        if (self->domain == BASIN_CONTINUOUS) {
            gsl_vector_set(x, i, (1 - w) * a + w * b);
        } else if (a != b) {
            bool takes = w == 0.5 ? gsl_rng_get(self->r) >> 31 != 0 : w > 0.5;
            gsl_vector_set(x, i, takes ? b : a);
        }
    }
}

static void flip_signs(const struct maker *self, gsl_vector *x)
{
    size_t k = (size_t)lround(self->cue->flip * (double)x->size);
    for (size_t i = 0; i < x->size; i++) {
        self->index[i] = i;
    }
    basin_draw_subset(self->r, self->index, x->size, k);
    for (size_t i = 0; i < k; i++) {
        double *unit = gsl_vector_ptr(x, self->index[i]);
        *unit = -*unit;
    }
}

/* Half of the turned units are ones that become 0, half are zeros that become 1. */
static int flip_binary(const struct maker *self, gsl_vector *x)
{
    size_t d = x->size;
    size_t half = (size_t)lround(self->cue->flip * (double)d / 2);
    size_t ones = 0;
    size_t zeros = 0;
    for (size_t i = 0; i < d; i++) {
        if (gsl_vector_get(x, i) != 0) {
            self->index[ones++] = i;
        } else {
            self->index[d - ++zeros] = i;
        }
    }
    if (half > ones || half > zeros) {
        return basin_fail(self->diag, BASIN_ERR_DOMAIN,
            "flip: %zu ones and %zu zeros cannot be exchanged in a pattern of %zu ones "
            "and %zu zeros",
            half, half, ones, zeros);
    }
    basin_draw_subset(self->r, self->index, ones, half);
    basin_draw_subset(self->r, self->index + ones, zeros, half);
    for (size_t i = 0; i < half; i++) {
        gsl_vector_set(x, self->index[i], 0);
        gsl_vector_set(x, self->index[ones + i], 1);
    }
    return 0;
}

static int flip(const struct maker *self, gsl_vector *x)
{
    if (self->domain == BASIN_BINARY) {
        return flip_binary(self, x);
    }
    flip_signs(self, x);
    return 0;
}

static void add_noise(const struct maker *self, gsl_vector *x)
{
    double noise;
    for (size_t i = 0; i < x->size && self->cue->noise > 0; i++) {
        basin_draw_gaussian(self->r, self->cue->noise, &noise, 1);
        *gsl_vector_ptr(x, i) += noise;
    }
}

/* Writes the masked units into index and returns their number. */
static size_t masked_units(const struct maker *self, size_t d)
{
    double fraction = self->cue->mask_fraction;
    size_t *index = self->index;
    if (self->cue->mask == MASK_RANDOM) {
        size_t k = (size_t)lround(fraction * (double)d);
        for (size_t i = 0; i < d; i++) {
            index[i] = i;
        }
        basin_draw_subset(self->r, index, d, k);
        return k;
    }
    size_t side = self->side;
    size_t lines = (size_t)lround(fraction * (double)side);
    size_t n = 0;
    for (size_t i = 0; i < d; i++) {
        size_t row = i / side;
        size_t column = i % side;
        bool masked = (self->cue->mask == MASK_LOWER && row >= side - lines) ||
                      (self->cue->mask == MASK_UPPER && row < lines) ||
                      (self->cue->mask == MASK_LEFT && column < lines) ||
                      (self->cue->mask == MASK_RIGHT && column >= side - lines);
        if (masked) {
            index[n++] = i;
        }
    }
    return n;
}

static void mask(const struct maker *self, double activity, gsl_vector *x)
{
    if (self->cue->mask == MASK_NONE) {
        return;
    }
    size_t n = masked_units(self, x->size);
    for (size_t i = 0; i < n; i++) {
        double value = self->cue->fill == FILL_CONSTANT
                           ? self->cue->fill_value
                           : basin_draw_unit(self->r, self->domain, activity);
        gsl_vector_set(x, self->index[i], value);
    }
}

static double mean_of(const gsl_vector *x)
{
    double sum = 0;
    for (size_t i = 0; i < x->size; i++) {
        sum += gsl_vector_get(x, i);
    }
    return sum / (double)x->size;
}

int basin_cue_make(const struct basin_cue *cue, enum basin_domain domain, size_t side,
    uint64_t key, uint32_t replicate, const gsl_matrix *patterns, const size_t *target,
    gsl_matrix *cues, struct basin_diag *diag)
{
    int ret = basin_cue_check(cue, domain, side, diag);
    if (ret != 0) {
        return ret;
    }
    struct maker self = {.cue = cue, .domain = domain, .side = side, .diag = diag};
    self.r = basin_draw_rng(diag);
    self.index = malloc(cues->size2 * sizeof(*self.index));
    if (self.r == NULL || self.index == NULL) {
        ret = BASIN_ERR_NOMEM;
        basin_fail(diag, ret, "out of memory for cues");
    }
    for (size_t j = 0; ret == 0 && j < cues->size1; j++) {
        gsl_vector_const_view own = gsl_matrix_const_row(patterns, target[j]);
        gsl_vector_const_view other =
            gsl_matrix_const_row(patterns, (target[j] + 1) % patterns->size1);
        gsl_vector_view x = gsl_matrix_row(cues, j);
        basin_rng_start(self.r, key, basin_rng_sequence(replicate, (uint32_t)j));
        gsl_vector_memcpy(&x.vector, &own.vector);
        mix(&self, &other.vector, &x.vector);
        ret = flip(&self, &x.vector);
        if (ret == 0) {
            add_noise(&self, &x.vector);
            mask(&self, mean_of(&own.vector), &x.vector);
        }
    }
    free(self.index);
    gsl_rng_free(self.r);
    return ret;
}
