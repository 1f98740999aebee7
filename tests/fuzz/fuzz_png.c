/* Any bytes as a PNG image. Mutated images get right checksums again, so that the fuzzer
 * sees behind them. */
#include "patterns/png_read.h"

#include <stdint.h>
#include <stdio.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(
    uint8_t *bytes, size_t size, size_t most, unsigned int seed);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { SIDE = 5 };
    unsigned char gray[SIDE * SIDE];
    struct basin_diag diag = {{0}};
    if (size == 0) {
        return 0;
    }
    FILE *file = fmemopen((void *)(uintptr_t)bytes, size, "rb");
    if (file == NULL) {
        __builtin_trap();
    }
    int ret = basin_png_read(file, SIDE, gray, &diag);
    fclose(file);
    if (ret != 0 && diag.text[0] == '\0') {
        __builtin_trap(); /* a failure without a sentence */
    }
    return 0;
}

/* Chunks: length, type, data, checksum of type and data; behind 8 bytes of signature. */
size_t LLVMFuzzerCustomMutator(
    uint8_t *bytes, size_t size, size_t most, unsigned int seed)
{
    size = LLVMFuzzerMutate(bytes, size, most);
    size_t at = 8;
    while (seed % 16 != 0 && at + 12 <= size) {
        size_t length = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 |
                        (size_t)bytes[at + 2] << 8 | bytes[at + 3];
        if (length > size - at - 12) {
            break;
        }
        unsigned long crc = crc32(0, bytes + at + 4, (uInt)length + 4);
        at += length + 8;
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes[at++] = (uint8_t)(crc >> shift);
        }
    }
    return size;
}
