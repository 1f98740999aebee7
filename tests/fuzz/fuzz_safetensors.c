/* Any bytes as a safetensors file, its tensors as weights, and as a config.json. */
#include "transformer/bert.h"
#include "transformer/safetensors.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void copy_all(const struct basin_safetensors *file)
{
    for (size_t i = 0; i < file->n; i++) {
        const struct basin_tensor *tensor = &file->tensors[i];
        struct basin_diag diag = {{0}};
        float *out = malloc((tensor->n + 1) * sizeof(*out));
        int ret = basin_safetensors_copy(file, tensor, out, &diag);
        if ((ret != 0 && diag.text[0] == '\0') ||
            basin_safetensors_find(file, tensor->name) != tensor) {
            __builtin_trap();
        }
        free(out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct basin_safetensors file;
    struct basin_bert_shape shape = {0};
    struct basin_diag diag = {{0}};
    const char *text = (const char *)bytes;
    if (basin_safetensors_parse(&file, "file", text, size, &diag) == 0) {
        copy_all(&file);
        basin_safetensors_close(&file);
    } else if (diag.text[0] == '\0') {
        __builtin_trap();
    }
    diag.text[0] = '\0';
    if (basin_bert_shape_parse(&shape, "config", text, size, &diag) != 0 &&
        diag.text[0] == '\0') {
        __builtin_trap();
    }
    return 0;
}
