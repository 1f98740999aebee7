/* The journal: the truth while a plan runs.
 *
 * An append-only binary file in the machine's byte order. Header: magic, format version,
 * the plan's identity and root seed. Then one record per finished replicate of a cell:
 * marker, CRC-32 (zlib) of the rest, cell identity, replicate, status, values, reason.
 *
 * A record is written at once, so that a killed process loses none: only where records
 * come faster than BASIN_JOURNAL_WRITES in BASIN_JOURNAL_WINDOW do the next ones wait in
 * memory for the window's end. The file is fsynced every BASIN_JOURNAL_BATCH records or
 * BASIN_JOURNAL_SECONDS, whichever comes first: a power failure loses no more.
 *
 * What follows the last intact record is a torn tail, left by a process that was killed
 * while it wrote; reading drops it. A damaged record with intact ones after it was
 * harmed by something else: an error that says where, and the file is left as it is. */
#ifndef BASIN_STORE_JOURNAL_H
#define BASIN_STORE_JOURNAL_H

#include "base/err.h"
#include "base/hash.h"
#include "experiments/experiment.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    BASIN_JOURNAL_BATCH = 1024,
    BASIN_JOURNAL_SECONDS = 2,
    BASIN_JOURNAL_WRITES = 100,
};

#define BASIN_JOURNAL_WINDOW 0.01 /* seconds */

/* Whose records these are. The seed is kept because a cell's identity does not tell it:
 * only records of the same seed can be used by another plan. */
struct basin_journal_head {
    struct basin_id plan;
    uint64_t seed;
};

struct basin_journal {
    char *path;
    int file; /* descriptor, locked against a second run; -1 when closed */
    unsigned char *buffer;
    size_t used, capacity;
    size_t waiting;  /* records in buffer */
    size_t unsynced; /* records since the last fsync, those in buffer included */
    double last_sync;
    double window;          /* when the present window began */
    unsigned window_writes; /* in it */
};

/* Called for every intact record, in the order written. A non-zero return stops.
 * record->offset is NULL. */
typedef int (*basin_journal_visit)(void *context, const struct basin_id *cell,
    uint32_t replicate, const struct basin_record *record, struct basin_diag *diag);

/* Opens for appending; makes the file if there is none. An existing journal is read
 * first, each record given to visit, and a torn tail cut off (*torn tells its bytes).
 * A journal of another plan: BASIN_ERR_PLAN, nothing changed; locked by another
 * process: BASIN_ERR_IO. */
BASIN_CHECKED int basin_journal_open(struct basin_journal *self, const char *path,
    const struct basin_journal_head *head, basin_journal_visit visit, void *context,
    size_t *torn, struct basin_diag *diag);

/* Reads without locking or changing anything; *head receives whose journal it is. visit
 * may be NULL: only the header is read. */
BASIN_CHECKED int basin_journal_read(const char *path, struct basin_journal_head *head,
    basin_journal_visit visit, void *context, struct basin_diag *diag);

/* Adds one record. After a failure to write the records stay in memory, and the next
 * attempt goes on where this one stopped. Not thread-safe: callers lock. */
BASIN_CHECKED int basin_journal_add(struct basin_journal *self,
    const struct basin_id *cell, uint32_t replicate, const struct basin_record *record,
    struct basin_diag *diag);

/* Writes and fsyncs what is waiting. */
BASIN_CHECKED int basin_journal_flush(
    struct basin_journal *self, struct basin_diag *diag);

/* Writes what is waiting, and fsyncs if the last time is BASIN_JOURNAL_SECONDS ago: to be
 * called now and then while no records come. */
BASIN_CHECKED int basin_journal_tick(struct basin_journal *self, struct basin_diag *diag);

/* Flushes, unlocks, closes. Nothing is left to free, even after a failure. */
BASIN_CHECKED int basin_journal_close(
    struct basin_journal *self, struct basin_diag *diag);

#endif
