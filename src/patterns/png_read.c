/* Reading one PNG image with libpng. */
#include "patterns/png_read.h"

#include "patterns/picture.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>

struct reader {
    png_structp png;
    png_infop info;
    png_bytep pixels; /* RGBA: one row, or the whole picture if it is interlaced */
    struct basin_scaler scaler;
    struct basin_diag *diag;
};

static PNG_NORETURN void on_error(png_structp png, png_const_charp message)
{
    struct reader *self = png_get_error_ptr(png);
    basin_fail(self->diag, BASIN_ERR_FORMAT, "not a sound PNG image: %s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* Asks libpng for 8-bit RGBA whatever the file holds. Gamma is left alone. */
static void ask_for_rgba(struct reader *self)
{
    png_set_scale_16(self->png);
    png_set_expand(self->png);
    png_set_gray_to_rgb(self->png);
    png_set_add_alpha(self->png, 255, PNG_FILLER_AFTER);
}

static void add_row(struct reader *self, png_const_bytep rgba)
{
    for (size_t x = 0; x < self->scaler.width; x++, rgba += 4) {
        self->scaler.row[x] = basin_picture_gray(rgba[0], rgba[1], rgba[2], rgba[3]);
    }
    basin_scaler_add(&self->scaler);
}

/* libpng leaves through setjmp, so what is allocated here is held in self. */
static int read_rows(struct reader *self, FILE *file, size_t side)
{
    if (setjmp(png_jmpbuf(self->png))) {
        return BASIN_ERR_FORMAT;
    }
    png_init_io(self->png, file);
    png_read_info(self->png, self->info);
    size_t height = png_get_image_height(self->png, self->info);
    int ret = basin_scaler_init(&self->scaler, png_get_image_width(self->png, self->info),
        height, side, self->diag);
    if (ret != 0) {
        return ret;
    }
    ask_for_rgba(self);
    int passes = png_set_interlace_handling(self->png);
    png_read_update_info(self->png, self->info);
    size_t row_bytes = png_get_rowbytes(self->png, self->info);
    size_t stride = passes > 1 ? row_bytes : 0;
    self->pixels = malloc(passes > 1 ? height * row_bytes : row_bytes);
    if (self->pixels == NULL) {
        return basin_fail(self->diag, BASIN_ERR_NOMEM, "out of memory for a PNG image");
    }
    for (int pass = 0; pass < passes; pass++) {
        for (size_t y = 0; y < height; y++) {
            png_read_row(self->png, self->pixels + y * stride, NULL);
            if (pass == passes - 1) {
                add_row(self, self->pixels + y * stride);
            }
        }
    }
    png_read_end(self->png, NULL);
    return 0;
}

int basin_png_read(FILE *file, size_t side, unsigned char *gray, struct basin_diag *diag)
{
    struct reader self = {.diag = diag};
    int ret = BASIN_ERR_NOMEM;
    self.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &self, on_error, on_warning);
    if (self.png != NULL) {
        self.info = png_create_info_struct(self.png);
    }
    if (self.info == NULL) {
        basin_fail(diag, ret, "out of memory for a PNG image");
        goto out;
    }
    ret = read_rows(&self, file, side);
    if (ret == 0) {
        basin_scaler_result(&self.scaler, gray);
    }
out:
    free(self.pixels);
    basin_scaler_free(&self.scaler);
    png_destroy_read_struct(&self.png, &self.info, NULL);
    return ret;
}
