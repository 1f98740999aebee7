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

/* line += row, each pixel shared out by the steps of the common grid. */
static void share_out(const double *row, size_t width, double *line, size_t side)
{
    size_t at = 0;
    for (size_t i = 0, j = 0; i < width;) {
        size_t end_in = (i + 1) * side;
        size_t end_out = (j + 1) * width;
        size_t end = end_in < end_out ? end_in : end_out;
        line[j] += row[i] * (double)(end - at);
        i += end == end_in;
        j += end == end_out;
        at = end;
    }
}

void basin_scaler_add(struct basin_scaler *self)
{
    size_t side = self->side;
    memset(self->line, 0, side * sizeof(double));
    share_out(self->row, self->width, self->line, side);
    size_t at = self->y * side;
    size_t end = at + side;
    self->y++;
    for (size_t j = at / self->height; at < end; j++) {
        size_t next = (j + 1) * self->height < end ? (j + 1) * self->height : end;
        for (size_t i = 0; i < side; i++) {
            self->sum[j * side + i] += (double)(next - at) * self->line[i];
        }
        at = next;
    }
}

void basin_scaler_result(const struct basin_scaler *self, unsigned char *gray)
{
    double area = (double)self->width * (double)self->height;
    for (size_t i = 0; i < self->side * self->side; i++) {
        gray[i] = (unsigned char)floor(self->sum[i] / area + 0.5);
    }
}
