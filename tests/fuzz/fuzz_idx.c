/* Any bytes as an IDX file, plain or gzip. */
#include "patterns/idx_read.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct basin_picture_look look = {.side = 3, .order = BASIN_PICTURE_SHUFFLED};
    struct basin_pictures *pictures = NULL;
    struct basin_diag diag = {{0}};
    int memory = memfd_create("idx", 0);
    if (memory < 0 || write(memory, bytes, size) != (ssize_t)size ||
        lseek(memory, 0, SEEK_SET) != 0) {
        __builtin_trap();
    }
    gzFile file = gzdopen(memory, "rb");
    int ret = basin_idx_read(file, "idx", size, &look, 1, &pictures, &diag);
    gzclose(file);
    if ((ret != 0 && diag.text[0] == '\0') || (ret == 0) != (pictures != NULL)) {
        __builtin_trap();
    }
    basin_picture_close(pictures);
    return 0;
}
