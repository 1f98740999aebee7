/* Ranks by MPI. Rank 0 deals out batches of items and hands in what comes back; the
 * others work on one batch at a time and send their records in packets, at least twice a
 * second, so that a killed job loses little.
 *
 * Messages: BATCH (items; none: the end) and STOP to a worker; RECORDS, DONE (the last
 * records of a batch) and TROUBLE (the worker cannot go on) from it. Nobody spins: who
 * waits looks, then sleeps for longer and longer, as cells take longer than that. */
#include "run/ranks.h"

#include "base/clock.h"
#include "run/work.h"
#include "run/worker.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 1, STOP, RECORDS, DONE, TROUBLE };
enum { PACKET = 1 << 20, PAUSE_FIRST = 10000, PAUSE_MOST = 500000 /* ns */ };

static const double PACKET_SECONDS = 0.5;

static bool joined;

/* ---- Joining -------------------------------------------------------------------- */

static bool is_started_as_rank(void)
{
    static const char *const names[] = {
        "OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (getenv(names[i]) != NULL) {
            return true;
        }
    }
    return false;
}

int basin_ranks_start(bool shard, struct basin_diag *diag)
{
    int given;
    (void)shard; /* a shard, too, can be done by many ranks */
    if (!is_started_as_rank()) {
        return 0;
    }
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given) != MPI_SUCCESS ||
        given < MPI_THREAD_FUNNELED) {
        return basin_fail(diag, BASIN_ERR_TOOL, "MPI does not start with threads");
    }
    joined = true;
    return 0;
}

void basin_ranks_end(void)
{
    if (joined) {
        MPI_Finalize();
        joined = false;
    }
}

int basin_ranks_count(void)
{
    int n = 1;
    if (joined) {
        MPI_Comm_size(MPI_COMM_WORLD, &n);
    }
    return n;
}

int basin_ranks_own(void)
{
    int own = 0;
    if (joined) {
        MPI_Comm_rank(MPI_COMM_WORLD, &own);
    }
    return own;
}

/* ---- Agreeing ------------------------------------------------------------------- */

struct report {
    int ret;
    struct basin_id plan;
    char host[MPI_MAX_PROCESSOR_NAME];
    struct basin_diag diag;
};

/* The first trouble among the reports of all ranks. */
static int judge(const struct report *reports, int n, struct basin_diag *diag)
{
    for (int i = 0; i < n; i++) {
        if (reports[i].ret != 0) {
            *diag = reports[i].diag;
            return i == 0 ? reports[i].ret
                          : basin_fail_in(diag, reports[i].ret, "rank %d on %s", i,
                                reports[i].host);
        }
        if (basin_id_compare(&reports[i].plan, &reports[0].plan) != 0) {
            return basin_fail(diag, BASIN_ERR_PLAN,
                "rank %d on %s has another plan than rank 0: the files it reads differ "
                "there",
                i, reports[i].host);
        }
    }
    return 0;
}

int basin_ranks_agree(int ret, const struct basin_id *plan, struct basin_diag *diag)
{
    int n = basin_ranks_count();
    if (n == 1) {
        return ret;
    }
    int length;
    struct report own = {.ret = ret, .diag = *diag};
    struct report *all = NULL;
    if (plan != NULL) {
        own.plan = *plan;
    }
    MPI_Get_processor_name(own.host, &length);
    if (basin_ranks_own() == 0) {
        all = malloc((size_t)n * sizeof(*all));
        if (all == NULL) {
            MPI_Abort(MPI_COMM_WORLD, basin_error_exit(BASIN_ERR_NOMEM));
        }
    }
    MPI_Gather(
        &own, sizeof(own), MPI_BYTE, all, sizeof(own), MPI_BYTE, 0, MPI_COMM_WORLD);
    if (all != NULL) {
        ret = judge(all, n, diag);
        free(all);
    }
    MPI_Bcast(&ret, 1, MPI_INT, 0, MPI_COMM_WORLD);
    return ret;
}

/* ---- Waiting -------------------------------------------------------------------- */

static bool look(int source, int tag, MPI_Status *status)
{
    int there = 0;
    MPI_Iprobe(source, tag, MPI_COMM_WORLD, &there, status);
    return there != 0;
}

static void rest(long *pause)
{
    const struct timespec time = {0, *pause};
    nanosleep(&time, NULL);
    *pause = *pause * 2 < PAUSE_MOST ? *pause * 2 : PAUSE_MOST;
}

/* ---- Packets of records --------------------------------------------------------- */

/* Followed by n doubles and the bytes of the reason. */
struct packed {
    struct basin_item item;
    uint64_t n;
    uint32_t status;
    uint32_t reason;
};

struct packet {
    unsigned char *bytes;
    size_t used, capacity;
    double sent; /* when the last one was */
};

static bool reserve(struct packet *self, size_t need)
{
    if (self->bytes != NULL && need <= self->capacity) {
        return true;
    }
    size_t larger = need < PACKET ? PACKET : 2 * need;
    unsigned char *grown = realloc(self->bytes, larger);
    if (grown == NULL) {
        return false;
    }
    self->bytes = grown;
    self->capacity = larger;
    return true;
}

static bool pack(
    struct packet *self, const struct basin_item *item, const struct basin_record *record)
{
    const struct packed head = {.item = *item,
        .n = record->n,
        .status = (uint32_t)record->status,
        .reason = (uint32_t)strlen(record->reason)};
    size_t values = record->n * sizeof(double);
    if (!reserve(self, self->used + sizeof(head) + values + head.reason)) {
        return false;
    }
    unsigned char *at = self->bytes + self->used;
    memcpy(at, &head, sizeof(head));
    if (values > 0) {
        memcpy(at + sizeof(head), record->values, values);
    }
    memcpy(at + sizeof(head) + values, record->reason, head.reason);
    self->used += sizeof(head) + values + head.reason;
    return true;
}

static void unpack(struct basin_work *work, const struct packet *packet)
{
    static struct basin_record empty;
    for (size_t at = 0; at < packet->used;) {
        struct packed head;
        struct basin_record record = empty;
        memcpy(&head, packet->bytes + at, sizeof(head));
        at += sizeof(head);
        record.status = (enum basin_status)head.status;
        record.n = (size_t)head.n;
        double *values = malloc(record.n * sizeof(*values) + 1);
        struct basin_diag diag = {{0}};
        if (values == NULL) {
            basin_work_take_trouble(
                work, basin_fail(&diag, BASIN_ERR_NOMEM, "out of memory"), &diag);
            return;
        }
        memcpy(values, packet->bytes + at, record.n * sizeof(*values));
        record.values = values;
        at += record.n * sizeof(*values);
        memcpy(record.reason, packet->bytes + at, head.reason);
        at += head.reason;
        basin_work_hand_in(work, &head.item, &record);
        free(values);
    }
}

/* ---- Rank 0 --------------------------------------------------------------------- */

struct lead {
    struct basin_work *work;
    int n_workers;
    int busy;
    bool *idle; /* by rank */
    struct basin_deal deal;
    double start;
    bool stopped;
    struct packet packet;
};

static void give_batch(struct lead *self, int rank)
{
    const struct basin_item *items = self->deal.items + self->deal.next;
    double elapsed = basin_clock_seconds() - self->start;
    double rate = elapsed > 0 ? self->work->progress.cost_done / elapsed : 0;
    size_t n = basin_deal_batch(&self->deal, rate);
    MPI_Send(items, (int)(n * sizeof(*items)), MPI_BYTE, rank, BATCH, MPI_COMM_WORLD);
    self->idle[rank] = false;
    self->busy++;
}

static void take_message(struct lead *self, const MPI_Status *found)
{
    struct basin_diag diag = {{0}};
    int size;
    MPI_Get_count(found, MPI_BYTE, &size);
    if (!reserve(&self->packet, (size_t)size)) {
        MPI_Abort(MPI_COMM_WORLD, basin_error_exit(BASIN_ERR_NOMEM));
    }
    MPI_Recv(self->packet.bytes, size, MPI_BYTE, found->MPI_SOURCE, found->MPI_TAG,
        MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    self->packet.used = (size_t)size;
    if (found->MPI_TAG == TROUBLE) {
        int ret;
        memcpy(&ret, self->packet.bytes, sizeof(ret));
        memcpy(&diag, self->packet.bytes + sizeof(ret), sizeof(diag));
        basin_fail_in(&diag, ret, "rank %d", found->MPI_SOURCE);
        basin_work_take_trouble(self->work, ret, &diag);
    } else {
        unpack(self->work, &self->packet);
    }
    if (found->MPI_TAG != RECORDS) {
        self->idle[found->MPI_SOURCE] = true;
        self->busy--;
    }
}

/* Workers end their batches early. */
static void stop_all(struct lead *self)
{
    for (int rank = 1; rank <= self->n_workers && !self->stopped; rank++) {
        MPI_Send(NULL, 0, MPI_BYTE, rank, STOP, MPI_COMM_WORLD);
    }
    self->stopped = true;
}

static void deal(struct lead *self)
{
    long pause = PAUSE_FIRST;
    MPI_Status found;
    while (true) {
        if (basin_work_is_over(self->work)) {
            stop_all(self);
        }
        for (int rank = 1; rank <= self->n_workers && !self->stopped; rank++) {
            if (self->idle[rank] && self->deal.next < self->deal.n) {
                give_batch(self, rank);
            }
        }
        if (self->busy == 0) {
            return;
        }
        if (look(MPI_ANY_SOURCE, MPI_ANY_TAG, &found)) {
            take_message(self, &found);
            pause = PAUSE_FIRST;
        } else {
            rest(&pause);
        }
    }
}

void basin_ranks_lead(struct basin_work *work)
{
    struct lead self = {.work = work,
        .n_workers = basin_ranks_count() - 1,
        .deal = {work->items, work->n_items, 0, work->cost,
            (size_t)basin_ranks_count() - 1},
        .start = basin_clock_seconds()};
    self.idle = malloc((size_t)(self.n_workers + 1) * sizeof(*self.idle));
    if (self.idle == NULL) {
        MPI_Abort(MPI_COMM_WORLD, basin_error_exit(BASIN_ERR_NOMEM));
        return;
    }
    memset(self.idle, true, (size_t)(self.n_workers + 1) * sizeof(*self.idle));
    deal(&self);
    for (int rank = 1; rank <= self.n_workers; rank++) {
        MPI_Send(NULL, 0, MPI_BYTE, rank, BATCH, MPI_COMM_WORLD);
    }
    free(self.packet.bytes);
    free(self.idle);
}

/* ---- The others ----------------------------------------------------------------- */

static void send_packet(struct packet *self, int tag)
{
    MPI_Send(self->bytes, (int)self->used, MPI_BYTE, 0, tag, MPI_COMM_WORLD);
    self->used = 0;
    self->sent = basin_clock_seconds();
}

static void send_trouble(int ret, const struct basin_diag *diag)
{
    unsigned char bytes[sizeof(ret) + sizeof(*diag)];
    memcpy(bytes, &ret, sizeof(ret));
    memcpy(bytes + sizeof(ret), diag, sizeof(*diag));
    MPI_Send(bytes, sizeof(bytes), MPI_BYTE, 0, TROUBLE, MPI_COMM_WORLD);
}

static int work_on(struct basin_work *work, struct basin_worker *worker,
    const struct basin_item *items, size_t n, struct packet *packet,
    struct basin_diag *diag)
{
    MPI_Status status;
    for (size_t i = 0; i < n; i++) {
        struct basin_record record;
        if (basin_work_is_over(work) || look(0, STOP, &status)) {
            break;
        }
        int ret = basin_work_do(work, worker, &items[i], &record, diag);
        if (ret == BASIN_ERR_INTERRUPTED) {
            break;
        }
        if (ret == 0 && !pack(packet, &items[i], &record)) {
            ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        }
        if (ret != 0) {
            return ret;
        }
        if (i + 1 < n && (packet->used >= PACKET ||
                             basin_clock_seconds() - packet->sent >= PACKET_SECONDS)) {
            send_packet(packet, RECORDS);
        }
    }
    return 0;
}

/* The next batch, owned by the caller; false at the end. */
static bool receive_batch(struct basin_item **items, size_t *n)
{
    long pause = PAUSE_FIRST;
    MPI_Status status;
    int size;
    while (!look(0, BATCH, &status)) {
        rest(&pause);
    }
    MPI_Get_count(&status, MPI_BYTE, &size);
    *n = (size_t)size / sizeof(**items);
    struct basin_item *grown = realloc(*items, (size_t)size + 1);
    if (grown == NULL) {
        MPI_Abort(MPI_COMM_WORLD, basin_error_exit(BASIN_ERR_NOMEM));
        return false;
    }
    *items = grown;
    MPI_Recv(*items, size, MPI_BYTE, 0, BATCH, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return *n > 0;
}

int basin_ranks_follow(struct basin_work *work, struct basin_diag *diag)
{
    struct basin_worker worker;
    struct packet packet = {.sent = basin_clock_seconds()};
    struct basin_item *items = NULL;
    size_t n = 0;
    MPI_Status status;
    basin_worker_start(&worker, work->plan, work->experiment, work->shared, 1);
    while (receive_batch(&items, &n)) {
        int ret = work_on(work, &worker, items, n, &packet, diag);
        if (ret == 0) {
            send_packet(&packet, DONE);
        } else {
            packet.used = 0;
            send_trouble(ret, diag);
        }
    }
    if (look(0, STOP, &status)) {
        MPI_Recv(NULL, 0, MPI_BYTE, 0, STOP, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    }
    basin_worker_free(&worker);
    free(packet.bytes);
    free(items);
    return 0;
}
