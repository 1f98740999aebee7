/* Area averaging: resizes a picture to side x side, row by row.
 *
 * Pixel i of n and output pixel j of m are laid on a common grid of n m steps, where they
 * cover [i m, (i+1) m) and [j n, (j+1) n): all weights are whole numbers. */
#include "patterns/picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int basin_scaler_init(struct basin_scaler *self, size_t width, size_t height, size_t side,
    struct basin_diag *diag)
{
    *self = (struct basin_scaler){.width = width, .height = height, .side = side};
    if (width == 0 || height == 0 || width > BASIN_PICTURE_PIXELS_MAX / height) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "a picture of %zu x %zu pixels; it must have 1 to %d million of them", width,
            height, BASIN_PICTURE_PIXELS_MAX / 1000000);
    }
    self->row = malloc(width * sizeof(double));
    self->line = malloc(side * sizeof(double));
    self->sum = malloc(side * side * sizeof(double));
    if (self->row == NULL || self->line == NULL || self->sum == NULL) {
        basin_scaler_free(self);
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory for resizing a picture");
    }
    basin_scaler_restart(self);
    return 0;
}

void basin_scaler_free(struct basin_scaler *self)
{
    free(self->row);
    free(self->line);
    free(self->sum);
    *self = (struct basin_scaler){0};
}

void basin_scaler_restart(struct basin_scaler *self)
{
    self->y = 0;
    memset(self->sum, 0, self->side * self->side * sizeof(double));
}

/* Steps of the common grid that pixel i of n shares with pixel j of m. */
static double shared_steps(size_t i, size_t n, size_t j, size_t m)
{
    size_t from = i * m > j * n ? i * m : j * n;
    size_t to = (i + 1) * m < (j + 1) * n ? (i + 1) * m : (j + 1) * n;
    return (double)(to - from);
}

void basin_scaler_add(struct basin_scaler *self)
{
    size_t side = self->side;
    memset(self->line, 0, side * sizeof(double));
    for (size_t i = 0; i < self->width; i++) {
        for (size_t j = i * side / self->width; j * self->width < (i + 1) * side; j++) {
            self->line[j] += self->row[i] * shared_steps(i, self->width, j, side);
        }
    }
    size_t y = self->y++;
    for (size_t j = y * side / self->height; j * self->height < (y + 1) * side; j++) {
        double weight = shared_steps(y, self->height, j, side);
        for (size_t i = 0; i < side; i++) {
            self->sum[j * side + i] += weight * self->line[i];
        }
    }
}

void basin_scaler_result(const struct basin_scaler *self, unsigned char *gray)
{
    double area = (double)self->width * (double)self->height;
    for (size_t i = 0; i < self->side * self->side; i++) {
        gray[i] = (unsigned char)floor(self->sum[i] / area + 0.5);
    }
}
