/* Reading safetensors files: named tensors behind a JSON header.
 *
 * Eight bytes with the header's length, the header (name: {dtype, shape, data_offsets}),
 * then the data without holes or overlap. Every kind of damage is refused with one
 * sentence before any tensor is looked at. */
#ifndef BASIN_TRANSFORMER_SAFETENSORS_H
#define BASIN_TRANSFORMER_SAFETENSORS_H

#include "base/err.h"
#include "transformer/mapped.h"

#include <stddef.h>

enum { BASIN_TENSOR_RANK = 8 };

struct basin_tensor {
    char *name;        /* owned by the file */
    const char *dtype; /* "F32", ...; static */
    size_t rank;       /* 0: one number */
    size_t shape[BASIN_TENSOR_RANK];
    size_t n;          /* numbers in all */
    size_t begin, end; /* bytes of the data part */
};

struct basin_safetensors {
    struct basin_mapped file;
    char *name; /* owned; for sentences */
    size_t n;
    struct basin_tensor *tensors; /* owned, sorted by name */
    const char *data;
};

/* On failure nothing is left to close. */
BASIN_CHECKED int basin_safetensors_open(
    struct basin_safetensors *self, const char *path, struct basin_diag *diag);

/* The same from bytes that outlive self. */
BASIN_CHECKED int basin_safetensors_parse(struct basin_safetensors *self,
    const char *name, const char *bytes, size_t size, struct basin_diag *diag);
void basin_safetensors_close(struct basin_safetensors *self);

/* The tensor of that name, or NULL. */
const struct basin_tensor *basin_safetensors_find(
    const struct basin_safetensors *self, const char *name);

/* Copies n = tensor->n numbers, from float32, float16 or bfloat16. */
BASIN_CHECKED int basin_safetensors_copy(const struct basin_safetensors *self,
    const struct basin_tensor *tensor, float *out, struct basin_diag *diag);

#endif
