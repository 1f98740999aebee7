/* Source "glyphs": characters of a font as pictures, by default 24 animals in colour.
 *
 * A glyph is centred on a white square as large as its longer side, then made gray and
 * resized like any picture. */
#include "patterns/picture.h"

#include <errno.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include <gsl/gsl_math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_FONT "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
#define DEFAULT_PACKAGE "fonts-noto-color-emoji"
#define DEFAULT_CODE_POINTS                                                              \
    "1f42f 1f981 1f43c 1f43b 1f98b 1f986 1f427 1f989 1f432 1f994 1f987 1f993 "           \
    "1f9a8 1f417 1f420 1f402 1f41e 1f9a3 1f99a 1f9a7 1f98d 1f9a6 1f40a 1f9ac"

struct glyphs {
    struct basin_picture_look look;
    const char *font;
    const char *code_points;
};

static const struct basin_field fields[] = {
    BASIN_FIELD_FILES(struct glyphs, font, DEFAULT_FONT, "*",
        "font file, relative to the current folder. The default is Debian's "
        "package " DEFAULT_PACKAGE),
    BASIN_FIELD_TEXT(struct glyphs, code_points, DEFAULT_CODE_POINTS,
        "Unicode code points in hexadecimal, separated by blanks; the default is 24 "
        "animals"),
    BASIN_PICTURE_FIELDS("64"),
    BASIN_FIELD_END,
};

enum { CODE_POINT_MAX = 0x10ffff };

static const char BLANKS[] = " \t\n,";

/* Reads the next code point and moves *text behind it. */
static int next_code_point(
    const char **text, unsigned long *code_point, struct basin_diag *diag)
{
    *text += strspn(*text, BLANKS);
    size_t length = strcspn(*text, BLANKS);
    if (strspn(*text, "0123456789abcdefABCDEF") == length) {
        *code_point = strtoul(*text, NULL, 16);
        if (length <= 8 && *code_point <= CODE_POINT_MAX) {
            *text += length;
            return 0;
        }
    }
    return basin_fail(diag, BASIN_ERR_CONFIG,
        "code_points: \"%.*s\" is no code point; write hexadecimal numbers up to 10ffff",
        (int)GSL_MIN(length, 40), *text);
}

static size_t count_code_points(const char *text)
{
    size_t n = 0;
    for (text += strspn(text, BLANKS); *text != '\0'; text += strspn(text, BLANKS)) {
        text += strcspn(text, BLANKS);
        n++;
    }
    return n;
}

static int open_face(
    FT_Library library, const struct glyphs *self, FT_Face *face, struct basin_diag *diag)
{
    if (access(self->font, R_OK) != 0) {
        return basin_fail(diag, BASIN_ERR_IO, "cannot open %s: %s%s", self->font,
            strerror(errno),
            strcmp(self->font, DEFAULT_FONT) == 0
                ? "; it is in Debian's package " DEFAULT_PACKAGE
                : "");
    }
    if (FT_New_Face(library, self->font, 0, face) != 0) {
        return basin_fail(
            diag, BASIN_ERR_FORMAT, "%s: not a font that FreeType can read", self->font);
    }
    FT_Error error = FT_HAS_FIXED_SIZES(*face)
                         ? FT_Select_Size(*face, 0)
                         : FT_Set_Pixel_Sizes(*face, 0, (FT_UInt)(2 * self->look.side));
    if (error != 0) {
        return basin_fail(
            diag, BASIN_ERR_FORMAT, "%s: the font has no usable size", self->font);
    }
    return 0;
}

/* Gray value of a pixel of a glyph: colour bitmaps are premultiplied BGRA, outlines are
 * black ink on white. */
static double bitmap_gray(const FT_Bitmap *bitmap, size_t x, size_t y)
{
    const unsigned char *line = bitmap->buffer + (ptrdiff_t)y * bitmap->pitch;
    if (bitmap->pixel_mode == FT_PIXEL_MODE_GRAY) {
        return 255 - line[x];
    }
    const unsigned char *bgra = line + 4 * x;
    return basin_picture_gray(bgra[2], bgra[1], bgra[0], 255) + 255 - bgra[3];
}

static int render(
    const FT_Bitmap *bitmap, size_t side, unsigned char *gray, struct basin_diag *diag)
{
    if (bitmap->pixel_mode != FT_PIXEL_MODE_BGRA &&
        bitmap->pixel_mode != FT_PIXEL_MODE_GRAY) {
        return basin_fail(
            diag, BASIN_ERR_FORMAT, "its bitmap is neither in colour nor gray");
    }
    size_t square = GSL_MAX(bitmap->rows, bitmap->width);
    size_t left = (square - bitmap->width) / 2;
    size_t top = (square - bitmap->rows) / 2;
    struct basin_scaler scaler = {0};
    int ret = basin_scaler_init(&scaler, square, square, side, diag);
    if (ret != 0) {
        return ret;
    }
    for (size_t y = 0; y < square; y++) {
        for (size_t x = 0; x < square; x++) {
            bool inside = y >= top && y - top < bitmap->rows && x >= left &&
                          x - left < bitmap->width;
            scaler.row[x] = inside ? bitmap_gray(bitmap, x - left, y - top) : 255;
        }
        basin_scaler_add(&scaler);
    }
    basin_scaler_result(&scaler, gray);
    basin_scaler_free(&scaler);
    return 0;
}

static int read_glyph(FT_Face face, const struct glyphs *self, unsigned long code_point,
    unsigned char *gray, struct basin_diag *diag)
{
    FT_UInt index = FT_Get_Char_Index(face, code_point);
    if (index == 0) {
        return basin_fail(diag, BASIN_ERR_FORMAT, "%s: the font has no glyph U+%04lX",
            self->font, code_point);
    }
    if (FT_Load_Glyph(face, index, FT_LOAD_COLOR | FT_LOAD_RENDER) != 0) {
        return basin_fail(diag, BASIN_ERR_FORMAT, "%s: cannot render glyph U+%04lX",
            self->font, code_point);
    }
    int ret = render(&face->glyph->bitmap, (size_t)self->look.side, gray, diag);
    return ret == 0
               ? 0
               : basin_fail_in(diag, ret, "%s: glyph U+%04lX", self->font, code_point);
}

static int glyphs_open(
    const void *params, size_t count, void **data, struct basin_diag *diag)
{
    const struct glyphs *self = params;
    FT_Library library = NULL;
    FT_Face face = NULL;
    struct basin_pictures *pictures = NULL;
    const char *text = self->code_points;
    size_t need = 0;
    int ret = basin_picture_need(
        &self->look, count_code_points(text), count, "code_points", "glyph", &need, diag);
    if (ret != 0) {
        return ret;
    }
    if (FT_Init_FreeType(&library) != 0) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "FreeType cannot start");
    }
    ret = open_face(library, self, &face, diag);
    if (ret == 0) {
        ret = basin_pictures_alloc(need, (size_t)self->look.side, &pictures, diag);
    }
    for (size_t i = 0; ret == 0 && i < need; i++) {
        unsigned long code_point = 0;
        ret = next_code_point(&text, &code_point, diag);
        if (ret == 0) {
            ret =
                read_glyph(face, self, code_point, basin_pictures_at(pictures, i), diag);
        }
    }
    FT_Done_Face(face);
    FT_Done_FreeType(library);
    if (ret != 0) {
        basin_picture_close(pictures);
        pictures = NULL;
    }
    *data = pictures;
    return ret;
}

const struct basin_source basin_source_glyphs = {
    .kind =
        {
            .name = "glyphs",
            .summary = "characters of a font as pictures, by default 24 colour animals",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct glyphs),
        },
    .dimension = basin_picture_dimension,
    .domain = basin_picture_domain,
    .side = basin_picture_side,
    .open = glyphs_open,
    .close = basin_picture_close,
    .draw = basin_picture_draw,
};
