/* Picture sources: PNG folders, IDX files, glyphs, and area averaging. */
#include "suite.h"

#include "base/content.h"
#include "drawn.h"
#include "one_cell.h"
#include "patterns/picture.h"

#include <dirent.h>
#include <png.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static char folder[sizeof("/tmp/basin-pictures-XXXXXX")];

static void make_folder(void)
{
    strcpy(folder, "/tmp/basin-pictures-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    DIR *d = opendir(folder);
    const struct dirent *entry;
    while ((entry = readdir(d)) != NULL) {
        unlinkat(dirfd(d), entry->d_name, 0);
    }
    closedir(d);
    rmdir(folder);
}

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void write_bytes(const char *name, const void *bytes, size_t n)
{
    FILE *file = fopen(path_of(name), "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

/* A PNG of rows with that colour type and depth; palette entries 0 red, 1 white. */
static void write_png(const char *name, unsigned width, unsigned height, int color,
    int depth, int interlace, const unsigned char *pixels, size_t row_bytes)
{
    FILE *file = fopen(path_of(name), "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, file);
    png_set_IHDR(png, info, width, height, depth, color, interlace,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (color == PNG_COLOR_TYPE_PALETTE) {
        const png_color palette[] = {{255, 0, 0}, {255, 255, 255}};
        png_set_PLTE(png, info, palette, 2);
    }
    png_write_info(png, info);
    int passes = png_set_interlace_handling(png);
    for (int pass = 0; pass < passes; pass++) {
        for (unsigned y = 0; y < height; y++) {
            png_write_row(png, pixels + y * row_bytes);
        }
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    fclose(file);
}

static void write_gray_png(
    const char *name, unsigned width, unsigned height, const unsigned char *pixels)
{
    write_png(
        name, width, height, PNG_COLOR_TYPE_GRAY, 8, PNG_INTERLACE_NONE, pixels, width);
}

/* Value of a gray level as a pattern has it. */
static double value(double gray)
{
    return 2 * floor(gray + 0.5) / 255 - 1;
}

static void assert_patterns(const gsl_matrix *x, const double *expected)
{
    for (size_t i = 0; i < x->size1 * x->size2; i++) {
        ck_assert_double_eq_tol(x->data[i], expected[i], 1e-14);
    }
}

START_TEST(a_picture_of_the_right_size_is_taken_as_it_is)
{
    const unsigned char pixels[] = {0, 51, 128, 255};
    write_gray_png("a.png", 2, 2, pixels);
    gsl_matrix *x = drawn("png", PAIRS("path", folder, "side", "2"), 1, 0);
    assert_patterns(x, (const double[]){-1, -0.6, 2 * 128 / 255.0 - 1, 1});
    gsl_matrix_free(x);
    x = drawn("png", PAIRS("path", folder, "side", "2", "tone", "bw"), 1, 0);
    assert_patterns(x, (const double[]){-1, -1, 1, 1});
    gsl_matrix_free(x);
    x = drawn("png",
        PAIRS("path", folder, "side", "2", "tone", "bw", "bw_threshold", "0.1", "invert",
            "true"),
        1, 0);
    assert_patterns(x, (const double[]){1, -1, -1, -1});
    gsl_matrix_free(x);
}
END_TEST

START_TEST(every_colour_type_becomes_gray_on_white)
{
    const unsigned char rgb[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30};
    write_png("a.png", 2, 2, PNG_COLOR_TYPE_RGB, 8, PNG_INTERLACE_NONE, rgb, 6);
    const unsigned char rgba[] = {0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 51, 255, 0, 0, 128};
    write_png("b.png", 2, 2, PNG_COLOR_TYPE_RGBA, 8, PNG_INTERLACE_ADAM7, rgba, 8);
    const unsigned char palette[] = {0x40, 0x80}; /* 01 and 10 in the upper bits */
    write_png("c.png", 2, 2, PNG_COLOR_TYPE_PALETTE, 1, PNG_INTERLACE_NONE, palette, 1);
    const unsigned char deep[] = {0, 0, 128, 128, 255, 255, 1, 1};
    write_png("d.png", 2, 2, PNG_COLOR_TYPE_GRAY, 16, PNG_INTERLACE_NONE, deep, 4);
    const unsigned char bits[] = {0x40, 0x80};
    write_png("e.png", 2, 2, PNG_COLOR_TYPE_GRAY, 1, PNG_INTERLACE_NONE, bits, 1);
    gsl_matrix *x = drawn("png", PAIRS("path", folder, "side", "2"), 5, 0);
    double red = value(0.299 * 255);
    assert_patterns(x,
        (const double[]){red, value(0.587 * 255), value(0.114 * 255),
            value(2.99 + 11.74 + 3.42), -1, 1, value(204), value(0.299 * 128 + 255 - 128),
            red, 1, 1, red, -1, value(128), 1, value(1), -1, 1, 1, -1});
    gsl_matrix_free(x);
}
END_TEST

/* The plain twin: the integral of the picture over each output pixel, pixel by pixel. */
static double area_mean(const unsigned char *pixels, size_t width, size_t height,
    size_t side, size_t row, size_t column)
{
    double sum = 0;
    double h = (double)height / (double)side;
    double w = (double)width / (double)side;
    for (size_t y = 0; y < height; y++) {
        double top = fmax((double)y, (double)row * h);
        double bottom = fmin((double)y + 1, (double)(row + 1) * h);
        for (size_t x = 0; x < width; x++) {
            double left = fmax((double)x, (double)column * w);
            double right = fmin((double)x + 1, (double)(column + 1) * w);
            if (bottom > top && right > left) {
                sum += pixels[y * width + x] * (bottom - top) * (right - left);
            }
        }
    }
    return sum / (h * w);
}

START_TEST(resizing_is_area_averaging)
{
    const size_t sizes[][3] = {
        {7, 5, 3}, {3, 4, 7}, {1, 1, 4}, {12, 12, 4}, {100, 1, 9}, {2, 33, 1}, {5, 9, 5}};
    unsigned char pixels[200];
    for (size_t i = 0; i < sizeof(pixels); i++) {
        pixels[i] = (unsigned char)(i * 97 + i * i * 13);
    }
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        size_t width = sizes[k][0];
        size_t height = sizes[k][1];
        size_t side = sizes[k][2];
        struct basin_diag diag = {{0}};
        struct basin_scaler scaler;
        unsigned char gray[100];
        ck_assert_int_eq(basin_scaler_init(&scaler, width, height, side, &diag), 0);
        for (size_t y = 0; y < height; y++) {
            for (size_t x = 0; x < width; x++) {
                scaler.row[x] = pixels[y * width + x];
            }
            basin_scaler_add(&scaler);
        }
        basin_scaler_result(&scaler, gray);
        for (size_t i = 0; i < side * side; i++) {
            double exact = area_mean(pixels, width, height, side, i / side, i % side);
            ck_assert_double_le(fabs(gray[i] - exact), 0.5 + 1e-9);
        }
        basin_scaler_free(&scaler);
    }
}
END_TEST

START_TEST(pictures_come_in_byte_order_or_as_listed)
{
    for (int i = 0; i < 4; i++) {
        const char *const names[] = {"b.png", "B.PNG", "a 1.png", "10.png"};
        unsigned char gray = (unsigned char)(51 * i);
        write_gray_png(names[i], 1, 1, &gray);
    }
    write_bytes("notes.txt", "no picture", 10);
    gsl_matrix *x = drawn("png", PAIRS("path", folder, "side", "1"), 4, 0);
    assert_patterns(x, (const double[]){0.2, -0.6, -0.2, -1});
    gsl_matrix_free(x);
    char list[256];
    snprintf(list, sizeof(list), "%s/a 1.png , %s/b.png,", folder, folder);
    x = drawn("png", PAIRS("path", list, "side", "1"), 2, 0);
    assert_patterns(x, (const double[]){-0.2, -1});
    gsl_matrix_free(x);
}
END_TEST

START_TEST(bad_folders_and_files_are_named)
{
    char text[512];
    const unsigned char gray[64] = {0};
    snprintf(text, sizeof(text), "folder %s holds 0 PNG images, 1 pattern was asked for",
        folder);
    assert_refused("png", PAIRS("path", folder), 1, BASIN_ERR_CONFIG, text);
    write_gray_png("a.png", 8, 8, gray);
    snprintf(text, sizeof(text), "folder %s holds 1 PNG image, 6 patterns were asked for",
        folder);
    assert_refused("png", PAIRS("path", folder), 6, BASIN_ERR_CONFIG, text);
    assert_refused("png", PAIRS("path", "/nowhere/x.png"), 1, BASIN_ERR_IO,
        "cannot open /nowhere/x.png: No such file or directory");
    assert_refused("png", PAIRS("path", ", "), 1, BASIN_ERR_CONFIG,
        "path \", \" holds 0 PNG images, 1 pattern was asked for");
    write_bytes("b.png", "GIF89a, not a PNG image", 23);
    snprintf(
        text, sizeof(text), "%s/b.png: not a sound PNG image: Not a PNG file", folder);
    assert_refused("png", PAIRS("path", folder), 2, BASIN_ERR_FORMAT, text);
}
END_TEST

/* Cut anywhere, a PNG is refused and nothing leaks; the message names the file. */
START_TEST(a_cut_png_is_refused)
{
    unsigned char pixels[300];
    for (size_t i = 0; i < sizeof(pixels); i++) {
        pixels[i] = (unsigned char)(i * i * 7);
    }
    write_png("a.png", 10, 10, PNG_COLOR_TYPE_RGB, 8, _i, pixels, 30);
    unsigned char bytes[1024];
    FILE *file = fopen(path_of("a.png"), "rb");
    size_t n = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    ck_assert(n > 100 && n < sizeof(bytes));
    char start[128];
    snprintf(start, sizeof(start), "%s/a.png: not a sound PNG image: ", folder);
    for (size_t length = 0; length < n; length++) {
        struct basin_diag diag = {{0}};
        int ret;
        write_bytes("a.png", bytes, length);
        ck_assert_ptr_null(drawn_or_not("png", PAIRS("path", folder), 1, 0, &ret, &diag));
        ck_assert_int_eq(ret, BASIN_ERR_FORMAT);
        ck_assert_msg(strncmp(diag.text, start, strlen(start)) == 0, "%s", diag.text);
    }
}
END_TEST

START_TEST(a_huge_png_is_refused)
{
    /* A sound header alone: 50000 x 50000 gray pixels. */
    unsigned char bytes[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13,
        'I', 'H', 'D', 'R', 0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50, 8, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 'I', 'D', 'A', 'T'};
    unsigned long crc = crc32(0, bytes + 12, 17);
    for (int i = 0; i < 4; i++) {
        bytes[29 + i] = (unsigned char)(crc >> (24 - 8 * i));
    }
    write_bytes("a.png", bytes, sizeof(bytes));
    char text[256];
    snprintf(text, sizeof(text),
        "%s/a.png: a picture of 50000 x 50000 pixels; it must have 1 to 100 million of "
        "them",
        folder);
    assert_refused("png", PAIRS("path", folder), 1, BASIN_ERR_FORMAT, text);
}
END_TEST

START_TEST(shuffled_pictures_differ_between_replicates)
{
    enum { N = 10 };
    for (int i = 0; i < N; i++) {
        char name[16];
        unsigned char gray = (unsigned char)(20 * i);
        snprintf(name, sizeof(name), "%02d.png", i);
        write_gray_png(name, 1, 1, &gray);
    }
    const char *const *pairs = PAIRS("path", folder, "side", "1", "order", "shuffled");
    gsl_matrix *few = drawn("png", pairs, 3, 0);
    gsl_matrix *all = drawn("png", pairs, N, 0);
    gsl_matrix *others = drawn("png", pairs, N, 1);
    ck_assert_mem_eq(few->data, all->data, 3 * sizeof(double));
    ck_assert(memcmp(all->data, others->data, N * sizeof(double)) != 0);
    double sum = 0;
    for (size_t i = 0; i < N; i++) {
        sum += all->data[i];
        for (size_t j = 0; j < i; j++) {
            ck_assert(all->data[i] != all->data[j]);
        }
    }
    ck_assert_double_eq_tol(sum, N * (2 * 90 / 255.0 - 1), 1e-12);
    gsl_matrix_free(few);
    gsl_matrix_free(all);
    gsl_matrix_free(others);
    pairs = PAIRS("path", folder, "side", "1");
    few = drawn("png", pairs, 3, 0);
    others = drawn("png", pairs, 3, 1);
    ck_assert_mem_eq(few->data, others->data, 3 * sizeof(double));
    gsl_matrix_free(few);
    gsl_matrix_free(others);
}
END_TEST

/* Two images of 2 rows and 3 columns. */
static const unsigned char idx[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 60,
    120, 0, 0, 0, 255, 255, 255, 0, 51, 102};

static void write_gzip(const char *name, const void *bytes, unsigned n)
{
    gzFile file = gzopen(path_of(name), "wb");
    ck_assert_int_eq(gzwrite(file, bytes, n), (int)n);
    gzclose(file);
}

START_TEST(idx_is_read_plain_and_compressed)
{
    write_bytes("plain", idx, sizeof(idx));
    write_gzip("packed.gz", idx, sizeof(idx));
    const char *const names[] = {"plain", "packed.gz"};
    for (size_t i = 0; i < 2; i++) {
        const char *path = path_of(names[i]);
        gsl_matrix *x = drawn("idx", PAIRS("path", path, "side", "1"), 2, 0);
        assert_patterns(x, (const double[]){value(30), value(153)});
        gsl_matrix_free(x);
        x = drawn("idx", PAIRS("path", path, "side", "2"), 1, 0);
        assert_patterns(x, (const double[]){value(20), value(100), -1, -1});
        gsl_matrix_free(x);
    }
}
END_TEST

/* The header's byte at is changed to to; the file is cut to length. */
static void assert_idx_refused(
    size_t at, unsigned char to, size_t length, int code, const char *sentence)
{
    unsigned char bytes[sizeof(idx)];
    char text[512];
    memcpy(bytes, idx, sizeof(idx));
    bytes[at] = to;
    write_bytes("x", bytes, length);
    snprintf(text, sizeof(text), "%s%s", path_of("x"), sentence);
    assert_refused("idx", PAIRS("path", path_of("x"), "side", "2"), 2, code, text);
}

START_TEST(bad_idx_files_are_refused)
{
    size_t n = sizeof(idx);
    assert_idx_refused(0, 0x89, n, BASIN_ERR_FORMAT,
        ": not an IDX file of bytes: it starts with 89 00 08, not 00 00 08");
    assert_idx_refused(2, 0x0d, n, BASIN_ERR_FORMAT,
        ": not an IDX file of bytes: it starts with 00 00 0d, not 00 00 08");
    assert_idx_refused(3, 1, n, BASIN_ERR_FORMAT,
        ": not a file of images: it has 1 dimension, not 3 (images, rows, columns)");
    assert_idx_refused(
        7, 1, n, BASIN_ERR_CONFIG, " holds 1 image, 2 patterns were asked for");
    assert_idx_refused(11, 0, n, BASIN_ERR_FORMAT,
        ": a picture of 3 x 0 pixels; it must have 1 to 100 million of them");
    assert_idx_refused(4, 0xff, n, BASIN_ERR_FORMAT,
        ": the file is too short for the 4278190082 images of 3 x 2 pixels that its "
        "header promises");
    assert_idx_refused(0, 0, n - 1, BASIN_ERR_FORMAT, ": the file ends too early");
    assert_idx_refused(0, 0, 9, BASIN_ERR_FORMAT, ": the file ends too early");
    assert_idx_refused(0, 0, 0, BASIN_ERR_FORMAT, ": the file ends too early");
    assert_refused("idx", PAIRS("path", "/nowhere/x"), 1, BASIN_ERR_IO,
        "cannot open /nowhere/x: No such file or directory");
}
END_TEST

START_TEST(a_cut_gzip_file_is_refused)
{
    write_gzip("x.gz", idx, sizeof(idx));
    unsigned char bytes[256];
    FILE *file = fopen(path_of("x.gz"), "rb");
    size_t n = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    bytes[10] ^= 6; /* a kind of block that it is not */
    write_bytes("x.gz", bytes, n);
    char text[256];
    snprintf(
        text, sizeof(text), "cannot read %s: invalid code lengths set", path_of("x.gz"));
    assert_refused("idx", PAIRS("path", path_of("x.gz")), 1, BASIN_ERR_FORMAT, text);
    bytes[10] ^= 6;
    for (size_t length = 0; length < n - 12;
         length++) { /* 12: end mark, checksum, length */
        struct basin_diag diag = {{0}};
        int ret;
        write_bytes("x.gz", bytes, length);
        ck_assert_ptr_null(drawn_or_not(
            "idx", PAIRS("path", path_of("x.gz"), "side", "2"), 2, 0, &ret, &diag));
        ck_assert_int_eq(ret, BASIN_ERR_FORMAT);
        ck_assert_ptr_nonnull(strstr(diag.text, path_of("x.gz")));
    }
}
END_TEST

START_TEST(fashion_is_read_where_it_is_installed)
{
    if (access("/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz", R_OK)) {
        return;
    }
    gsl_matrix *x = drawn("idx", NO_PAIRS, 100, 0);
    ck_assert_uint_eq(x->size2, 784);
    double least;
    double most;
    gsl_matrix_minmax(x, &least, &most);
    ck_assert_double_eq(least, -1);
    ck_assert_double_eq(most, 1);
    gsl_matrix_free(x);
}
END_TEST

static bool font_missing(void)
{
    return access("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf", R_OK) != 0;
}

START_TEST(animals_are_upright_where_the_font_is_installed)
{
    if (font_missing()) {
        return;
    }
    gsl_matrix *x = drawn("glyphs", PAIRS("side", "16"), 24, 0);
    for (size_t i = 0; i < 24; i++) {
        double least;
        double most;
        gsl_vector_view row = gsl_matrix_row(x, i);
        gsl_vector_minmax(&row.vector, &least, &most);
        ck_assert(least < 0 && most > 0.3);
        ck_assert_double_gt(gsl_matrix_get(x, i, 0), 0.9); /* a white corner */
    }
    gsl_matrix_free(x);
    /* Red triangles: one points up, one down. */
    x = drawn("glyphs", PAIRS("side", "2", "code_points", "1f53a 1f53b"), 2, 0);
    double up = x->data[0] + x->data[1] - x->data[2] - x->data[3];
    double down = x->data[4] + x->data[5] - x->data[6] - x->data[7];
    ck_assert_double_gt(up, 0.2);
    ck_assert_double_lt(down, -0.2);
    gsl_matrix_free(x);
}
END_TEST

START_TEST(bad_fonts_and_code_points_are_named)
{
    assert_refused("glyphs", PAIRS("code_points", "1f42f 1f981"), 3, BASIN_ERR_CONFIG,
        "code_points holds 2 glyphs, 3 patterns were asked for");
    assert_refused("glyphs", PAIRS("font", "/nowhere/font.ttf"), 1, BASIN_ERR_IO,
        "cannot open /nowhere/font.ttf: No such file or directory");
    write_bytes("x.ttf", "this is no font", 15);
    char text[256];
    snprintf(
        text, sizeof(text), "%s: not a font that FreeType can read", path_of("x.ttf"));
    assert_refused("glyphs", PAIRS("font", path_of("x.ttf")), 1, BASIN_ERR_FORMAT, text);
    if (font_missing()) {
        return;
    }
    assert_refused("glyphs", PAIRS("code_points", "1f42f, U+1f981"), 2, BASIN_ERR_CONFIG,
        "code_points: \"U+1f981\" is no code point; write hexadecimal numbers up to "
        "10ffff");
    assert_refused("glyphs", PAIRS("code_points", "110000"), 1, BASIN_ERR_CONFIG,
        "code_points: \"110000\" is no code point; write hexadecimal numbers up to "
        "10ffff");
    assert_refused("glyphs", PAIRS("code_points", "1f42f 4e00"), 2, BASIN_ERR_FORMAT,
        "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf: the font has no glyph "
        "U+4E00");
}
END_TEST

static struct basin_id content_of(const char *path, const char *patterns)
{
    struct basin_id id;
    ck_assert(basin_content_id(path, patterns, &id));
    return id;
}

START_TEST(content_is_what_files_hold)
{
    struct basin_id none;
    write_bytes("a.txt", "one", 3);
    write_bytes("b.txt", "two", 3);
    struct basin_id first = content_of(folder, "*.txt|*.json");
    write_bytes("c.log", "three", 5);
    struct basin_id again = content_of(folder, "*.txt|*.json");
    ck_assert_int_eq(basin_id_compare(&first, &again), 0);
    char list[300];
    snprintf(list, sizeof(list), "%s/a.txt, %s/b.txt", folder, folder);
    again = content_of(list, "");
    ck_assert_int_eq(basin_id_compare(&first, &again), 0);
    write_bytes("a.txt", "onet", 4); /* the same bytes, cut elsewhere */
    write_bytes("b.txt", "wo", 2);
    again = content_of(folder, "*.txt|*.json");
    ck_assert_int_ne(basin_id_compare(&first, &again), 0);
    ck_assert(!basin_content_id("/nowhere", "*", &none));
    ck_assert(!basin_content_id("/dev/zero", "*", &none));
}
END_TEST

/* Identities of a cell that reads the file, and the key of its random streams. */
static void identify(const char *name, struct basin_id *id, struct basin_id *key)
{
    char text[400];
    struct one_cell cell;
    snprintf(text, sizeof(text),
        "experiment: retrieval\npatterns: {kind: png, path: %s, side: 2, tone: bw}\n"
        "patterns_count: 1\nrules: [{label: a, rule: classical}]\n",
        path_of(name));
    ck_assert_int_eq(one_cell_open(&cell, text), 0);
    *id = cell.plan.cells[0].id;
    *key = cell.params.key;
    one_cell_close(&cell);
}

START_TEST(another_picture_is_another_cell_with_the_same_random_numbers)
{
    const unsigned char dark[] = {0, 9, 0, 0};
    const unsigned char light[] = {0, 9, 0, 1};
    struct basin_id id[3];
    struct basin_id key[3];
    for (int i = 0; i < 3; i++) {
        write_png("x.png", 2, 2, PNG_COLOR_TYPE_GRAY, 8, PNG_INTERLACE_NONE,
            i == 1 ? light : dark, 2);
        identify("x.png", &id[i], &key[i]);
    }
    ck_assert_int_ne(basin_id_compare(&id[0], &id[1]), 0);
    ck_assert_int_eq(basin_id_compare(&id[0], &id[2]), 0);
    ck_assert_int_eq(basin_id_compare(&key[0], &key[1]), 0);
    ck_assert_int_ne(basin_id_compare(&id[0], &key[0]), 0);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("pictures");
    TCase *c = tcase_create("pictures");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, a_picture_of_the_right_size_is_taken_as_it_is);
    tcase_add_test(c, every_colour_type_becomes_gray_on_white);
    tcase_add_test(c, resizing_is_area_averaging);
    tcase_add_test(c, pictures_come_in_byte_order_or_as_listed);
    tcase_add_test(c, bad_folders_and_files_are_named);
    tcase_add_loop_test(c, a_cut_png_is_refused, 0, 2);
    tcase_add_test(c, a_huge_png_is_refused);
    tcase_add_test(c, shuffled_pictures_differ_between_replicates);
    tcase_add_test(c, idx_is_read_plain_and_compressed);
    tcase_add_test(c, bad_idx_files_are_refused);
    tcase_add_test(c, a_cut_gzip_file_is_refused);
    tcase_add_test(c, fashion_is_read_where_it_is_installed);
    tcase_add_test(c, animals_are_upright_where_the_font_is_installed);
    tcase_add_test(c, bad_fonts_and_code_points_are_named);
    tcase_add_test(c, content_is_what_files_hold);
    tcase_add_test(c, another_picture_is_another_cell_with_the_same_random_numbers);
    suite_add_tcase(s, c);
    return s;
}
