/* Pictures: what the sources png, idx and glyphs share.
 *
 * A picture is read as 8-bit gray (Rec. 601 luma 0.299 R + 0.587 G + 0.114 B, what is
 * transparent on white) and resized to side x side by area averaging: an output pixel is
 * the mean of the area of the picture that it covers, larger or smaller than one pixel.
 * The aspect ratio is not kept. */
#ifndef BASIN_PATTERNS_PICTURE_H
#define BASIN_PATTERNS_PICTURE_H

#include "base/err.h"
#include "config/field.h"
#include "patterns/source.h"

#include <gsl/gsl_matrix.h>
#include <stdbool.h>

enum { BASIN_PICTURE_PIXELS_MAX = 100000000 };

/* How pictures become patterns: first member of the parameters of a picture source. */
struct basin_picture_look {
    long side;
    int tone;
    double bw_threshold;
    bool invert;
    int order;
};

enum basin_picture_order { BASIN_PICTURE_GIVEN, BASIN_PICTURE_SHUFFLED };

#define BASIN_PICTURE_FIELDS(side_default)                                               \
    BASIN_FIELD_INT(struct basin_picture_look, side, side_default, 1, 1024, "pixels",    \
        "side of the resized square picture; d = side x side"),                          \
        BASIN_FIELD_CHOICE(struct basin_picture_look, tone, "gray|bw", "gray",           \
            "gray: black -1 to white +1; bw: +1 where brighter than bw_threshold, "      \
            "else -1"),                                                                  \
        BASIN_FIELD_REAL(struct basin_picture_look, bw_threshold, "0.5", 0, 1, "1",      \
            "brightness (black 0, white 1) above which bw is +1"),                       \
        BASIN_FIELD_BOOL(                                                                \
            struct basin_picture_look, invert, "false", "turn every sign over"),         \
        BASIN_FIELD_CHOICE(struct basin_picture_look, order, "given|shuffled", "given",  \
            "given: the first pictures, the same ones in every replicate; shuffled: a "  \
            "random choice for each replicate")

/* Pictures at their final size. */
struct basin_pictures {
    size_t n, side;
    unsigned char *gray; /* n x side x side */
};

/* Room for n pictures, owned by the caller (basin_picture_close). */
BASIN_CHECKED int basin_pictures_alloc(
    size_t n, size_t side, struct basin_pictures **pictures, struct basin_diag *diag);
unsigned char *basin_pictures_at(const struct basin_pictures *self, size_t i);

/* need: how many of the available pictures have to be read so that count of them can be
 * drawn. Fails if there are fewer, with a sentence made of holder and unit: "folder x
 * holds 1 PNG image, 6 patterns were asked for". */
BASIN_CHECKED int basin_picture_need(const struct basin_picture_look *look,
    size_t available, size_t count, const char *holder, const char *unit, size_t *need,
    struct basin_diag *diag);

/* The functions of a picture source whose data are struct basin_pictures. */
size_t basin_picture_dimension(const void *params);
enum basin_domain basin_picture_domain(const void *params);
size_t basin_picture_side(const void *params);
void basin_picture_close(void *data);
BASIN_CHECKED int basin_picture_draw(const void *params, const void *data, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag);

/* Luma of a colour with opacity a (all 0..255) on white. */
double basin_picture_gray(unsigned r, unsigned g, unsigned b, unsigned a);

/* Area averaging, row by row. Start it as {0}. */
struct basin_scaler {
    size_t width, height, side;
    size_t y;     /* rows added */
    double *row;  /* width: room for the caller's next row */
    double *line; /* side */
    double *sum;  /* side x side */
};

/* Refuses pictures that are empty or larger than BASIN_PICTURE_PIXELS_MAX. */
BASIN_CHECKED int basin_scaler_init(struct basin_scaler *self, size_t width,
    size_t height, size_t side, struct basin_diag *diag);
void basin_scaler_free(struct basin_scaler *self);

/* Makes it ready for another picture of the same size. */
void basin_scaler_restart(struct basin_scaler *self);

/* Adds self->row as the next row from the top. */
void basin_scaler_add(struct basin_scaler *self);

/* The resized picture (side x side) when all rows are added. */
void basin_scaler_result(const struct basin_scaler *self, unsigned char *gray);

#endif
