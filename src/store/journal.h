/* The journal: the truth while a plan runs.
 *
 * An append-only binary file. Header: magic, format version, the plan's identity. Then
 * one record per finished replicate of a cell: length, cell identity, replicate, status,
 * reason, values, CRC-32 (zlib). Records are collected in memory and written and fsynced
 * every BASIN_JOURNAL_BATCH records or BASIN_JOURNAL_SECONDS, whichever comes first; a
 * killed process loses at most what was not yet written. Reading drops a torn tail. */
#ifndef BASIN_STORE_JOURNAL_H
#define BASIN_STORE_JOURNAL_H

#include "base/err.h"
#include "base/hash.h"
#include "experiments/experiment.h"

#include <stdbool.h>
#include <stdint.h>

enum { BASIN_JOURNAL_BATCH = 1024, BASIN_JOURNAL_SECONDS = 2 };

struct basin_journal {
    char *path;
    int file; /* descriptor, locked against a second run; -1 when closed */
    unsigned char *buffer;
    size_t used, capacity;
    size_t waiting; /* records in buffer */
    double last_flush;
};

/* Called for every intact record, in the order written. A non-zero return stops. */
typedef int (*basin_journal_visit)(void *context, const struct basin_id *cell,
    uint32_t replicate, const struct basin_record *record);

/* Opens for appending; makes the file if there is none. An existing journal is read
 * first, each record given to visit, and a torn tail cut off (*torn tells its bytes).
 * A journal of another plan: BASIN_ERR_PLAN, nothing changed; locked by another
 * process: BASIN_ERR_IO. */
BASIN_CHECKED int basin_journal_open(struct basin_journal *self, const char *path,
    const struct basin_id *plan, basin_journal_visit visit, void *context, size_t *torn,
    struct basin_diag *diag);

/* Reads without locking or changing anything; *plan receives the journal's plan. */
BASIN_CHECKED int basin_journal_read(const char *path, struct basin_id *plan,
    basin_journal_visit visit, void *context, struct basin_diag *diag);

/* Adds one record; flushes when the batch is full or old. Not thread-safe: callers lock.
 */
BASIN_CHECKED int basin_journal_add(struct basin_journal *self,
    const struct basin_id *cell, uint32_t replicate, const struct basin_record *record,
    struct basin_diag *diag);

/* Writes and fsyncs what is waiting. */
BASIN_CHECKED int basin_journal_flush(
    struct basin_journal *self, struct basin_diag *diag);

/* Flushes, unlocks, closes. */
BASIN_CHECKED int basin_journal_close(
    struct basin_journal *self, struct basin_diag *diag);

#endif
