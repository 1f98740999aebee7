/* `basin merge` and `basin run` on journals of any bytes, whose records are made to
 * belong to the plan's cells so that what is behind the checksums is reached: the first
 * byte says whether they are merged into an empty folder, into a full one, or found
 * there. */
#include "tests/fuzz/verbs.h"

#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { HEADER = 40 }; /* bytes of the file's, and of a record's */

static void put_checksum(uint8_t *at, size_t field, size_t from, size_t size)
{
    uint32_t crc = (uint32_t)crc32_z(0, at + from, size - from);
    memcpy(at + field, &crc, sizeof(crc));
}

/* The good journal's header, then records of the plan's cells, as far as the bytes go;
 * what follows the first byte 255 is left as it is. */
static size_t mend(uint8_t *to, const unsigned char *good, const struct basin_plan *plan,
    const uint8_t *bytes, size_t size)
{
    uint64_t right;
    memcpy(&right, good + HEADER + 32, sizeof(right));
    memcpy(to, good, HEADER);
    memcpy(to + HEADER, bytes, size);
    size_t end = HEADER + size;
    for (size_t at = HEADER; end - at >= HEADER && to[at] != 255;) {
        uint8_t *record = to + at;
        const struct basin_id *cell = &plan->cells[record[8] % plan->n_cells].id;
        uint32_t replicate = record[24] % 3;
        uint16_t status = record[28] % 5;
        uint16_t reason =
            status == BASIN_STATUS_FAILED ? record[30] % BASIN_REASON_SIZE : 0;
        uint64_t n = status == BASIN_STATUS_FAILED ? 0
                     : record[32] % 4 > 0          ? right
                                                   : record[33] % 32;
        size_t whole = HEADER + (size_t)n * sizeof(double) + reason;
        if (whole > end - at) {
            break;
        }
        memcpy(record, good + HEADER, 4);
        memcpy(record + 8, cell, sizeof(*cell));
        memcpy(record + 24, &replicate, sizeof(replicate));
        memcpy(record + 28, &status, sizeof(status));
        memcpy(record + 30, &reason, sizeof(reason));
        memcpy(record + 32, &n, sizeof(n));
        put_checksum(record, 4, 8, whole);
        at += whole;
    }
    return end;
}

static void clear(const char *folder)
{
    static const char *const names[] = {
        "x.h5", "journal.bin", "config.yaml", "provenance.yaml", ""};
    char path[64];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        remove(path);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static unsigned char *good;
    static size_t good_size;
    static struct basin_target target;
    if (size == 0) {
        return 0;
    }
    if (good == NULL) {
        prepare(&target);
        good = get_file("x/journal.bin", &good_size);
        if (mkdir("found", 0777) != 0) {
            abort();
        }
    }
    go(inside);
    uint8_t *journal = malloc(size + HEADER);
    size_t n = mend(journal, good, &target.plan, bytes + 1, size - 1);
    put_file(bytes[0] % 4 == 3 ? "found/journal.bin" : "other.bin", journal, n);
    free(journal);
    switch (bytes[0] % 4) {
    case 0:
        run_verb("merge", "x.yaml", "other.bin", "--out", "merged", NULL);
        break;
    case 1:
        run_verb("merge", "x.yaml", "x", "other.bin", "--out", "merged", NULL);
        break;
    case 2:
        run_verb("merge", "x.yaml", "other.bin", "x", "--out", "merged", NULL);
        break;
    default:
        run_plan(&target, "found");
    }
    clear("merged");
    clear("found");
    if (mkdir("found", 0777) != 0) {
        abort();
    }
    go(outside);
    return 0;
}
