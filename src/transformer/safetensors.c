/* Reading safetensors files: named tensors behind a JSON header. */
#include "transformer/safetensors.h"

#include "base/str.h"
#include "transformer/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8, HEADER_MOST = 100000000 };

static const struct {
    const char *name;
    size_t bytes;
} dtypes[] = {{"F32", 4}, {"F16", 2}, {"BF16", 2}, {"F64", 8}, {"F8_E4M3", 1},
    {"F8_E5M2", 1}, {"I64", 8}, {"I32", 4}, {"I16", 2}, {"I8", 1}, {"U64", 8}, {"U32", 4},
    {"U16", 2}, {"U8", 1}, {"BOOL", 1}};

enum { DTYPES = sizeof(dtypes) / sizeof(dtypes[0]) };

/* What is being read, for sentences. */
struct reader {
    const char *file;
    size_t data_size;
    struct basin_diag *diag;
};

static int fail_tensor(
    const struct reader *r, const struct basin_tensor *tensor, const char *what)
{
    return basin_fail(
        r->diag, BASIN_ERR_FORMAT, "%s: tensor \"%s\" %s", r->file, tensor->name, what);
}

/* Multiplies, and says whether the product fits. */
static bool times(size_t *product, size_t factor)
{
    if (factor != 0 && *product > SIZE_MAX / factor) {
        return false;
    }
    *product *= factor;
    return true;
}

static int read_shape(
    const struct reader *r, const cJSON *entry, struct basin_tensor *tensor)
{
    const cJSON *shape = cJSON_GetObjectItemCaseSensitive(entry, "shape");
    if (!cJSON_IsArray(shape) || cJSON_GetArraySize(shape) > BASIN_TENSOR_RANK) {
        return fail_tensor(r, tensor, "has no \"shape\" of at most 8 sizes");
    }
    tensor->n = 1;
    const cJSON *size;
    cJSON_ArrayForEach(size, shape)
    {
        size_t *at = &tensor->shape[tensor->rank++];
        if (!basin_json_whole(size, at)) {
            return fail_tensor(r, tensor, "has a size that is no whole number");
        }
        if (!times(&tensor->n, *at)) {
            return fail_tensor(r, tensor, "has a shape that no memory could hold");
        }
    }
    return 0;
}

static int read_offsets(
    const struct reader *r, const cJSON *entry, size_t bytes, struct basin_tensor *tensor)
{
    const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(entry, "data_offsets");
    if (cJSON_GetArraySize(offsets) != 2 ||
        !basin_json_whole(cJSON_GetArrayItem(offsets, 0), &tensor->begin) ||
        !basin_json_whole(cJSON_GetArrayItem(offsets, 1), &tensor->end) ||
        tensor->begin > tensor->end) {
        return fail_tensor(r, tensor, "has no \"data_offsets\" [begin, end]");
    }
    if (tensor->end > r->data_size) {
        return basin_fail(r->diag, BASIN_ERR_FORMAT,
            "%s: tensor \"%s\" ends at byte %zu of the data, but the file holds only %zu "
            "(is it truncated?)",
            r->file, tensor->name, tensor->end, r->data_size);
    }
    if (!times(&bytes, tensor->n) || bytes != tensor->end - tensor->begin) {
        return basin_fail(r->diag, BASIN_ERR_FORMAT,
            "%s: tensor \"%s\" has %zu bytes, but its shape and type %s need %zu",
            r->file, tensor->name, tensor->end - tensor->begin, tensor->dtype, bytes);
    }
    return 0;
}

static int read_tensor(
    const struct reader *r, const cJSON *entry, struct basin_tensor *tensor)
{
    tensor->name = basin_str_copy(entry->string);
    if (tensor->name == NULL) {
        return basin_fail(r->diag, BASIN_ERR_NOMEM, "out of memory for tensors");
    }
    const char *dtype =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "dtype"));
    size_t i = 0;
    while (i < DTYPES && (dtype == NULL || strcmp(dtype, dtypes[i].name) != 0)) {
        i++;
    }
    if (i == DTYPES) {
        return basin_fail(r->diag, BASIN_ERR_FORMAT,
            "%s: tensor \"%s\" has the unknown type \"%.32s\"", r->file, tensor->name,
            dtype == NULL ? "" : dtype);
    }
    tensor->dtype = dtypes[i].name;
    int ret = read_shape(r, entry, tensor);
    return ret != 0 ? ret : read_offsets(r, entry, dtypes[i].bytes, tensor);
}

static int compare_places(const void *a, const void *b)
{
    const struct basin_tensor *x = a;
    const struct basin_tensor *y = b;
    if (x->begin != y->begin) {
        return x->begin < y->begin ? -1 : 1;
    }
    return x->end < y->end ? -1 : x->end > y->end;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(
        ((const struct basin_tensor *)a)->name, ((const struct basin_tensor *)b)->name);
}

/* The tensors must tile the data part, and no two have one name. */
static int check_tensors(const struct reader *r, struct basin_tensor *tensors, size_t n)
{
    size_t end = 0;
    qsort(tensors, n, sizeof(*tensors), compare_places);
    for (size_t i = 0; i < n; i++) {
        if (tensors[i].begin < end) {
            return basin_fail(r->diag, BASIN_ERR_FORMAT,
                "%s: tensors \"%s\" and \"%s\" overlap", r->file, tensors[i - 1].name,
                tensors[i].name);
        }
        if (tensors[i].begin > end) {
            return basin_fail(r->diag, BASIN_ERR_FORMAT,
                "%s: %zu bytes before tensor \"%s\" belong to no tensor", r->file,
                tensors[i].begin - end, tensors[i].name);
        }
        end = tensors[i].end;
    }
    if (end < r->data_size) {
        return basin_fail(r->diag, BASIN_ERR_FORMAT,
            "%s: the last %zu bytes belong to no tensor", r->file, r->data_size - end);
    }
    qsort(tensors, n, sizeof(*tensors), compare_names);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(tensors[i - 1].name, tensors[i].name) == 0) {
            return basin_fail(r->diag, BASIN_ERR_FORMAT,
                "%s: there are two tensors \"%s\"", r->file, tensors[i].name);
        }
    }
    return 0;
}

static int read_entries(
    struct basin_safetensors *self, const struct reader *r, const cJSON *header)
{
    self->tensors =
        calloc((size_t)cJSON_GetArraySize(header) + 1, sizeof(*self->tensors));
    if (self->tensors == NULL) {
        return basin_fail(r->diag, BASIN_ERR_NOMEM, "out of memory for tensors");
    }
    const cJSON *entry;
    cJSON_ArrayForEach(entry, header)
    {
        if (strcmp(entry->string, "__metadata__") == 0) {
            continue;
        }
        int ret = read_tensor(r, entry, &self->tensors[self->n++]);
        if (ret != 0) {
            return ret;
        }
    }
    return self->n == 0 && r->data_size == 0 ? 0
                                             : check_tensors(r, self->tensors, self->n);
}

/* The header's length, least significant byte first. */
static uint64_t little_endian(const char *bytes)
{
    uint64_t value = 0;
    for (size_t i = LENGTH_BYTES; i-- > 0;) {
        value = value << 8 | (unsigned char)bytes[i];
    }
    return value;
}

int basin_safetensors_parse(struct basin_safetensors *self, const char *name,
    const char *bytes, size_t size, struct basin_diag *diag)
{
    *self = (struct basin_safetensors){.name = basin_str_copy(name)};
    if (self->name == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory for tensors");
    }
    cJSON *header = NULL;
    int ret = 0;
    uint64_t length = size < LENGTH_BYTES ? 0 : little_endian(bytes);
    if (length < 2 || length > HEADER_MOST) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: not a safetensors file: its header would have %llu bytes", name,
            (unsigned long long)length);
    } else if (length > size - LENGTH_BYTES) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: the header should have %llu bytes, but the file ends after %zu of them",
            name, (unsigned long long)length, size - LENGTH_BYTES);
    } else {
        self->data = bytes + LENGTH_BYTES + length;
        ret = basin_json_parse(name, bytes + LENGTH_BYTES, length, &header, diag);
    }
    if (ret == 0) {
        struct reader r = {name, size - LENGTH_BYTES - length, diag};
        ret = read_entries(self, &r, header);
    }
    cJSON_Delete(header);
    if (ret != 0) {
        basin_safetensors_close(self);
    }
    return ret;
}

int basin_safetensors_open(
    struct basin_safetensors *self, const char *path, struct basin_diag *diag)
{
    struct basin_mapped file;
    *self = (struct basin_safetensors){0};
    int ret = basin_mapped_open(&file, path, diag);
    if (ret != 0) {
        return ret;
    }
    ret = basin_safetensors_parse(self, path, file.bytes, file.size, diag);
    if (ret != 0) {
        basin_mapped_close(&file);
        return ret;
    }
    self->file = file;
    return 0;
}

void basin_safetensors_close(struct basin_safetensors *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->tensors[i].name);
    }
    free(self->tensors);
    free(self->name);
    basin_mapped_close(&self->file);
    *self = (struct basin_safetensors){0};
}

const struct basin_tensor *basin_safetensors_find(
    const struct basin_safetensors *self, const char *name)
{
    struct basin_tensor key = {.name = (char *)(uintptr_t)name};
    return self->n == 0
               ? NULL
               : bsearch(&key, self->tensors, self->n, sizeof(key), compare_names);
}

static float float_of_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* IEEE 754 binary16; a subnormal is a whole number of 2^-24. */
static float float_of_half(uint16_t half)
{
    uint32_t sign = (uint32_t)(half >> 15) << 31;
    uint32_t exponent = half >> 10 & 31;
    uint32_t fraction = half & 1023;
    if (exponent == 0) {
        float magnitude = (float)fraction * 0x1p-24F;
        return sign != 0 ? -magnitude : magnitude;
    }
    exponent = exponent == 31 ? 255 : exponent + (127 - 15);
    return float_of_bits(sign | exponent << 23 | fraction << 13);
}

int basin_safetensors_copy(const struct basin_safetensors *self,
    const struct basin_tensor *tensor, float *out, struct basin_diag *diag)
{
    const char *from = self->data + tensor->begin;
    bool single = strcmp(tensor->dtype, "F32") == 0;
    bool half = strcmp(tensor->dtype, "F16") == 0;
    if (tensor->n > 0 && !single && !half && strcmp(tensor->dtype, "BF16") != 0) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: tensor \"%s\" has the type %s; weights must be F32, F16 or BF16",
            self->name, tensor->name, tensor->dtype);
    }
    if (single && tensor->n > 0) {
        memcpy(out, from, tensor->n * sizeof(*out));
    }
    for (size_t i = 0; !single && i < tensor->n; i++) {
        uint16_t bits;
        memcpy(&bits, from + i * sizeof(bits), sizeof(bits));
        out[i] = half ? float_of_half(bits) : float_of_bits((uint32_t)bits << 16);
    }
    basin_mapped_release(&self->file, from, tensor->end - tensor->begin);
    return 0;
}
