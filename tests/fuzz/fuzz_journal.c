/* Any bytes as a journal: as they are, and with marks and checksums put right, so that
 * the checks behind them are reached, too. */
#include "store/journal.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { HEAD = 40 }; /* bytes of the header and of a record's head */

static const struct basin_journal_head ours = {{{1}}, 1};

struct seen {
    size_t records;
    double sum; /* touches every value */
};

static int look(void *context, const struct basin_id *cell, uint32_t replicate,
    const struct basin_record *record, struct basin_diag *diag)
{
    (void)cell;
    (void)replicate;
    (void)diag;
    struct seen *seen = context;
    seen->records++;
    for (size_t i = 0; i < record->n; i++) {
        seen->sum += record->values[i];
    }
    if (strnlen(record->reason, BASIN_REASON_SIZE) == BASIN_REASON_SIZE) {
        __builtin_trap();
    }
    return 0;
}

static void put_checksum(uint8_t *at, size_t field, size_t from, size_t size)
{
    uint32_t crc = (uint32_t)crc32_z(0, at + from, size - from);
    memcpy(at + field, &crc, sizeof(crc));
}

/* Makes a header and as many records as the lengths in the bytes allow. */
static void mend(uint8_t *bytes, size_t size)
{
    const uint32_t version = 1;
    const uint32_t marker = 0x6a72626aU;
    if (size < HEAD) {
        return;
    }
    // NOLINTNEXTLINE(bugprone-not-null-terminated-result): the format wants none.
    memcpy(bytes, "basinjnl", 8);
    memcpy(bytes + 8, &version, sizeof(version));
    memcpy(bytes + 16, &ours.plan, sizeof(ours.plan));
    memcpy(bytes + 32, &ours.seed, sizeof(ours.seed));
    put_checksum(bytes, 12, 16, HEAD);
    for (size_t at = HEAD; size - at >= HEAD;) {
        uint16_t reason = bytes[at + 30];
        uint64_t n = bytes[at + 32] % 8;
        memcpy(bytes + at, &marker, sizeof(marker));
        memcpy(bytes + at + 30, &reason, sizeof(reason));
        memcpy(bytes + at + 32, &n, sizeof(n));
        size_t whole = HEAD + (size_t)n * sizeof(double) + reason;
        if (whole > size - at) {
            return;
        }
        put_checksum(bytes + at, 4, 8, whole);
        at += whole;
    }
}

/* What was read before must be there after a torn tail is cut. */
static void read_and_open(const uint8_t *bytes, size_t size)
{
    char path[64];
    struct basin_diag diag = {{0}};
    struct basin_journal_head head;
    struct basin_journal journal;
    struct seen first = {0};
    struct seen second = {0};
    size_t torn;
    int memory = memfd_create("journal", 0);
    if (memory < 0 || write(memory, bytes, size) != (ssize_t)size) {
        __builtin_trap();
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
    int ret = basin_journal_read(path, &head, look, &first, &diag);
    if ((ret != 0) != (diag.text[0] != '\0')) {
        __builtin_trap();
    }
    int opened = basin_journal_open(&journal, path, &ours, look, &second, &torn, &diag);
    if (opened == 0 && (basin_journal_close(&journal, &diag) != 0 ||
                           (ret == 0 && first.records != second.records))) {
        __builtin_trap();
    }
    close(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    read_and_open(bytes, size);
    uint8_t *mended = malloc(size + 1);
    memcpy(mended, bytes, size);
    mend(mended, size);
    read_and_open(mended, size);
    free(mended);
    return 0;
}
