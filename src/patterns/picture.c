/* Pictures: from gray values to patterns. */
#include "patterns/picture.h"

#include "patterns/draw.h"

#include <gsl/gsl_math.h>
#include <stdlib.h>

enum tone { TONE_GRAY, TONE_BW };

int basin_pictures_alloc(
    size_t n, size_t side, struct basin_pictures **pictures, struct basin_diag *diag)
{
    struct basin_pictures *self = malloc(sizeof(*self));
    unsigned char *gray = malloc(GSL_MAX(1, n * side * side));
    if (self == NULL || gray == NULL) {
        free(self);
        free(gray);
        return basin_fail(diag, BASIN_ERR_NOMEM,
            "out of memory for %zu pictures of %zu x %zu pixels", n, side, side);
    }
    *self = (struct basin_pictures){.n = n, .side = side, .gray = gray};
    *pictures = self;
    return 0;
}

unsigned char *basin_pictures_at(const struct basin_pictures *self, size_t i)
{
    return self->gray + i * self->side * self->side;
}

int basin_picture_need(const struct basin_picture_look *look, size_t available,
    size_t count, const char *holder, const char *unit, size_t *need,
    struct basin_diag *diag)
{
    if (available < count) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "%s holds %zu %s%s, %zu pattern%s asked for", holder, available, unit,
            available == 1 ? "" : "s", count, count == 1 ? " was" : "s were");
    }
    *need = look->order == BASIN_PICTURE_SHUFFLED ? available : count;
    return 0;
}

size_t basin_picture_side(const void *params)
{
    const struct basin_picture_look *look = params;
    return (size_t)look->side;
}

size_t basin_picture_dimension(const void *params)
{
    return basin_picture_side(params) * basin_picture_side(params);
}

enum basin_domain basin_picture_domain(const void *params)
{
    const struct basin_picture_look *look = params;
    return look->tone == TONE_BW ? BASIN_POLAR : BASIN_CONTINUOUS;
}

void basin_picture_close(void *data)
{
    struct basin_pictures *pictures = data;
    if (pictures != NULL) {
        free(pictures->gray);
        free(pictures);
    }
}

static void picture_tone(
    const struct basin_picture_look *look, const unsigned char *gray, gsl_vector *x)
{
    double sign = look->invert ? -1 : 1;
    for (size_t j = 0; j < x->size; j++) {
        double brightness = gray[j] / 255.0;
        double value = look->tone == TONE_GRAY           ? 2 * brightness - 1
                       : brightness > look->bw_threshold ? 1
                                                         : -1;
        x->data[j] = sign * value;
    }
}

int basin_picture_draw(const void *params, const void *data, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag)
{
    const struct basin_picture_look *look = params;
    const struct basin_pictures *pictures = data;
    size_t n = patterns->size1;
    if (n > pictures->n) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "%zu patterns were asked for, %zu pictures were read", n, pictures->n);
    }
    int ret = BASIN_ERR_NOMEM;
    gsl_rng *r = basin_draw_rng(diag);
    size_t *index = malloc(GSL_MAX(1, pictures->n) * sizeof(*index));
    if (r == NULL || index == NULL) {
        basin_fail(diag, ret, "out of memory for the order of pictures");
        goto out;
    }
    for (size_t i = 0; i < pictures->n; i++) {
        index[i] = i;
    }
    if (look->order == BASIN_PICTURE_SHUFFLED) {
        basin_draw_start_shared(r, key, replicate, 0);
        basin_draw_subset(r, index, pictures->n, n);
    }
    for (size_t i = 0; i < n; i++) {
        gsl_vector_view x = gsl_matrix_row(patterns, i);
        picture_tone(look, basin_pictures_at(pictures, index[i]), &x.vector);
    }
    ret = 0;
out:
    free(index);
    gsl_rng_free(r);
    return ret;
}

double basin_picture_gray(unsigned r, unsigned g, unsigned b, unsigned a)
{
    unsigned luma = 299 * r + 587 * g + 114 * b;
    return (luma * a + 255000 * (255 - a)) / 255000.0;
}
