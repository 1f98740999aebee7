/* The journal: header, checksummed records, batches. */
#include "store/journal.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { VERSION = 1, MARKER = 0x6a72626aU }; /* a foreign byte order reads neither */

struct file_head {
    char magic[8];
    uint32_t version;
    uint32_t crc; /* of what follows */
    struct basin_id plan;
    uint64_t seed;
};

/* Followed by n doubles and the bytes of the reason. No padding: 40 bytes. */
struct record_head {
    uint32_t marker;
    uint32_t crc; /* of what follows, values and reason included */
    struct basin_id cell;
    uint32_t replicate;
    uint16_t status;
    uint16_t reason; /* bytes */
    uint64_t n;      /* doubles */
};

_Static_assert(sizeof(struct file_head) == 40, "the header is written as it is");
_Static_assert(sizeof(struct record_head) == 40, "records are written as they are");

static uint32_t checksum(const void *object, size_t skip, size_t size)
{
    return (uint32_t)crc32_z(0, (const unsigned char *)object + skip, size - skip);
}

static struct file_head encode_head(const struct basin_journal_head *head)
{
    struct file_head bytes = {"basinjnl", VERSION, 0, head->plan, head->seed};
    bytes.crc = checksum(&bytes, offsetof(struct file_head, plan), sizeof(bytes));
    return bytes;
}

/* ---- Reading ------------------------------------------------------------------- */

struct reader {
    const char *path;
    FILE *stream;
    uint64_t size;        /* of the file */
    uint64_t at;          /* where the next record starts */
    unsigned char *block; /* one record */
    size_t capacity;
};

static int fail_read(const struct reader *self, struct basin_diag *diag)
{
    return basin_fail_file(diag, errno == 0 ? EIO : errno, "read", self->path);
}

/* Opens a reader on a descriptor of its own. */
static int reader_open(
    struct reader *self, int file, const char *path, struct basin_diag *diag)
{
    *self = (struct reader){.path = path};
    struct stat status;
    int own = dup(file);
    if (own < 0 || fstat(own, &status) != 0 ||
        (self->stream = fdopen(own, "rb")) == NULL) {
        int number = errno;
        if (own >= 0) {
            close(own);
        }
        return basin_fail_file(diag, number, "read", path);
    }
    self->size = (uint64_t)status.st_size;
    rewind(self->stream);
    return 0;
}

static void reader_close(struct reader *self)
{
    free(self->block);
    fclose(self->stream);
}

static int read_head(
    struct reader *self, struct basin_journal_head *head, struct basin_diag *diag)
{
    struct file_head bytes;
    if (self->size < sizeof(bytes) ||
        fread(&bytes, sizeof(bytes), 1, self->stream) != 1 ||
        memcmp(bytes.magic, "basinjnl", sizeof(bytes.magic)) != 0) {
        return basin_fail(
            diag, BASIN_ERR_FORMAT, "%s is not a journal of basin", self->path);
    }
    if (bytes.version != VERSION) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "%s is a journal of format %lu; this program reads format %d on machines of "
            "the same byte order",
            self->path, (unsigned long)bytes.version, VERSION);
    }
    if (bytes.crc != checksum(&bytes, offsetof(struct file_head, plan), sizeof(bytes))) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: the header is damaged (checksum)\nremove the file to start anew",
            self->path);
    }
    *head = (struct basin_journal_head){bytes.plan, bytes.seed};
    self->at = sizeof(bytes);
    return 0;
}

static int reserve(unsigned char **block, size_t *capacity, size_t need)
{
    if (need > *capacity) {
        size_t larger = *capacity == 0 ? 4096 : *capacity;
        while (larger < need) {
            larger *= 2;
        }
        unsigned char *grown = realloc(*block, larger);
        if (grown == NULL) {
            return BASIN_ERR_NOMEM;
        }
        *block = grown;
        *capacity = larger;
    }
    return 0;
}

/* Reads the record at self->at into block, the stream standing there. *size is 0 if
 * there is no intact record. */
static int read_record(struct reader *self, size_t *size, struct basin_diag *diag)
{
    struct record_head head;
    *size = 0;
    uint64_t left = self->size - self->at;
    if (left < sizeof(head)) {
        return 0;
    }
    if (fread(&head, sizeof(head), 1, self->stream) != 1) {
        return fail_read(self, diag);
    }
    left -= sizeof(head);
    if (head.marker != MARKER || head.reason >= BASIN_REASON_SIZE ||
        head.status > BASIN_STATUS_CYCLE || head.reason > left ||
        head.n > (left - head.reason) / sizeof(double)) {
        return 0;
    }
    size_t body = (size_t)head.n * sizeof(double) + head.reason;
    if (reserve(&self->block, &self->capacity, sizeof(head) + body) != 0) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    memcpy(self->block, &head, sizeof(head));
    if (body > 0 && fread(self->block + sizeof(head), body, 1, self->stream) != 1) {
        return fail_read(self, diag);
    }
    size_t whole = sizeof(head) + body;
    if (checksum(self->block, offsetof(struct record_head, cell), whole) == head.crc) {
        *size = whole;
    }
    return 0;
}

static int give(const struct reader *self, basin_journal_visit visit, void *context,
    struct basin_diag *diag)
{
    struct record_head head;
    memcpy(&head, self->block, sizeof(head));
    struct basin_record record = {
        .status = (enum basin_status)head.status,
        .n = (size_t)head.n,
        .values = (double *)(void *)(self->block + sizeof(head)),
    };
    memcpy(record.reason, self->block + sizeof(head) + record.n * sizeof(double),
        head.reason);
    return visit(context, &head.cell, head.replicate, &record, diag);
}

/* An error if an intact record starts anywhere after self->at: then what stands there is
 * no torn tail. */
static int check_tail(struct reader *self, struct basin_diag *diag)
{
    uint64_t damaged = self->at;
    const uint32_t marker = MARKER;
    unsigned char window[sizeof(marker)] = {0}; /* the latest bytes */
    if (fseeko(self->stream, (off_t)damaged, SEEK_SET) != 0) {
        return fail_read(self, diag);
    }
    for (uint64_t next = damaged; next < self->size; next++) {
        int byte = getc(self->stream);
        if (byte == EOF) {
            break;
        }
        memmove(window, window + 1, sizeof(window) - 1);
        window[sizeof(window) - 1] = (unsigned char)byte;
        uint64_t start = next + 1 - sizeof(window);
        if (start <= damaged || memcmp(window, &marker, sizeof(window)) != 0) {
            continue;
        }
        size_t size = 0;
        self->at = start;
        int ret = fseeko(self->stream, (off_t)start, SEEK_SET) != 0
                      ? fail_read(self, diag)
                      : read_record(self, &size, diag);
        if (ret == 0 && size > 0) {
            ret = basin_fail(diag, BASIN_ERR_FORMAT,
                "%s: the record at byte %llu is damaged, and intact ones follow from "
                "byte %llu on; nothing was changed\nkeep what precedes it with "
                "`truncate -s %llu %s`, or remove the file to start anew",
                self->path, (unsigned long long)damaged, (unsigned long long)start,
                (unsigned long long)damaged, self->path);
        }
        self->at = damaged;
        if (ret != 0) {
            return ret;
        }
        if (fseeko(self->stream, (off_t)next + 1, SEEK_SET) != 0) {
            return fail_read(self, diag);
        }
    }
    return 0;
}

/* Gives every intact record to visit; self->at is then the end of the last one. */
static int read_records(struct reader *self, basin_journal_visit visit, void *context,
    struct basin_diag *diag)
{
    size_t size = 0;
    int ret;
    while ((ret = read_record(self, &size, diag)) == 0 && size > 0) {
        if ((ret = give(self, visit, context, diag)) != 0) {
            return ret;
        }
        self->at += size;
    }
    return ret != 0 ? ret : check_tail(self, diag);
}

int basin_journal_read(const char *path, struct basin_journal_head *head,
    basin_journal_visit visit, void *context, struct basin_diag *diag)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return basin_fail_file(diag, errno, "read", path);
    }
    struct reader reader;
    int ret = reader_open(&reader, file, path, diag);
    close(file);
    if (ret != 0) {
        return ret;
    }
    ret = read_head(&reader, head, diag);
    if (ret == 0 && visit != NULL) {
        ret = read_records(&reader, visit, context, diag);
    }
    reader_close(&reader);
    return ret;
}

/* ---- Writing ------------------------------------------------------------------- */

static int open_locked(const char *path, int *file, struct basin_diag *diag)
{
    int opened = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (opened < 0) {
        return basin_fail_file(diag, errno, "open", path);
    }
    if (flock(opened, LOCK_EX | LOCK_NB) != 0) {
        int number = errno;
        close(opened);
        if (number == EWOULDBLOCK) {
            return basin_fail(diag, BASIN_ERR_IO,
                "another run is writing %s\nwait until it has finished, or stop it",
                path);
        }
        return basin_fail_file(diag, number, "lock", path);
    }
    *file = opened;
    return 0;
}

/* Reads what an existing journal has and cuts its torn tail. */
static int take_over(struct basin_journal *self, const struct basin_journal_head *head,
    basin_journal_visit visit, void *context, size_t *torn, struct basin_diag *diag)
{
    struct reader reader;
    int ret = reader_open(&reader, self->file, self->path, diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_journal_head found;
    ret = read_head(&reader, &found, diag);
    if (ret == 0 &&
        (basin_id_compare(&found.plan, &head->plan) != 0 || found.seed != head->seed)) {
        ret = basin_fail(
            diag, BASIN_ERR_PLAN, "%s holds results of another plan", self->path);
    }
    if (ret == 0) {
        ret = read_records(&reader, visit, context, diag);
    }
    if (ret == 0 && reader.at < reader.size) {
        *torn = (size_t)(reader.size - reader.at);
        if (ftruncate(self->file, (off_t)reader.at) != 0) {
            ret = basin_fail_file(diag, errno, "cut the torn end of", self->path);
        }
    }
    reader_close(&reader);
    return ret;
}

static int begin(struct basin_journal *self, const struct basin_journal_head *head,
    struct basin_diag *diag)
{
    struct file_head bytes = encode_head(head);
    if (basin_file_put(self->file, &bytes, sizeof(bytes)) < sizeof(bytes) ||
        fsync(self->file) != 0) {
        int number = errno;
        if (ftruncate(self->file, 0) != 0) {
            return basin_fail_file(diag, errno, "clear", self->path);
        }
        return basin_fail_file(diag, number, "write", self->path);
    }
    return basin_folder_sync(self->path, diag);
}

static void dispose(struct basin_journal *self)
{
    if (self->file >= 0) {
        close(self->file);
    }
    free(self->path);
    free(self->buffer);
    *self = (struct basin_journal){.file = -1};
}

int basin_journal_open(struct basin_journal *self, const char *path,
    const struct basin_journal_head *head, basin_journal_visit visit, void *context,
    size_t *torn, struct basin_diag *diag)
{
    *self = (struct basin_journal){.file = -1, .path = basin_str_copy(path)};
    *torn = 0;
    if (self->path == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    struct stat status;
    int ret = open_locked(path, &self->file, diag);
    if (ret == 0 && fstat(self->file, &status) != 0) {
        ret = basin_fail_file(diag, errno, "read", path);
    }
    if (ret == 0) {
        ret = status.st_size == 0 ? begin(self, head, diag)
                                  : take_over(self, head, visit, context, torn, diag);
    }
    self->last_sync = basin_clock_seconds();
    if (ret != 0) {
        dispose(self);
    }
    return ret;
}

static int write_waiting(struct basin_journal *self, struct basin_diag *diag)
{
    size_t done = basin_file_put(self->file, self->buffer, self->used);
    self->used -= done;
    if (self->used > 0) {
        int number = errno;
        memmove(self->buffer, self->buffer + done, self->used);
        return basin_fail_file(diag, number, "write", self->path);
    }
    self->waiting = 0;
    return 0;
}

static bool must_sync(const struct basin_journal *self, double now)
{
    return self->unsynced >= BASIN_JOURNAL_BATCH ||
           (self->unsynced > 0 && now - self->last_sync >= BASIN_JOURNAL_SECONDS);
}

int basin_journal_add(struct basin_journal *self, const struct basin_id *cell,
    uint32_t replicate, const struct basin_record *record, struct basin_diag *diag)
{
    struct record_head head = {.marker = MARKER,
        .cell = *cell,
        .replicate = replicate,
        .status = (uint16_t)record->status,
        .reason = (uint16_t)strnlen(record->reason, BASIN_REASON_SIZE - 1),
        .n = record->n};
    size_t values = record->n * sizeof(double);
    size_t size = sizeof(head) + values + head.reason;
    if (reserve(&self->buffer, &self->capacity, self->used + size) != 0) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    unsigned char *at = self->buffer + self->used;
    memcpy(at, &head, sizeof(head));
    if (values > 0) {
        memcpy(at + sizeof(head), record->values, values);
    }
    memcpy(at + sizeof(head) + values, record->reason, head.reason);
    head.crc = checksum(at, offsetof(struct record_head, cell), size);
    memcpy(at, &head, sizeof(head));
    self->used += size;
    self->waiting++;
    self->unsynced++;
    double now = basin_clock_seconds();
    if (now - self->window >= BASIN_JOURNAL_WINDOW) {
        self->window = now;
        self->window_writes = 0;
    }
    if (must_sync(self, now)) {
        return basin_journal_flush(self, diag);
    }
    return ++self->window_writes <= BASIN_JOURNAL_WRITES ? write_waiting(self, diag) : 0;
}

int basin_journal_tick(struct basin_journal *self, struct basin_diag *diag)
{
    return must_sync(self, basin_clock_seconds()) ? basin_journal_flush(self, diag)
                                                  : write_waiting(self, diag);
}

int basin_journal_flush(struct basin_journal *self, struct basin_diag *diag)
{
    self->last_sync = basin_clock_seconds();
    int ret = write_waiting(self, diag);
    if (ret != 0 || self->unsynced == 0) {
        return ret;
    }
    if (fsync(self->file) != 0) {
        return basin_fail_file(diag, errno, "write", self->path);
    }
    self->unsynced = 0;
    return 0;
}

int basin_journal_close(struct basin_journal *self, struct basin_diag *diag)
{
    int ret = self->file < 0 ? 0 : basin_journal_flush(self, diag);
    dispose(self);
    return ret;
}
