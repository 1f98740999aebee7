/* A run by ranks in simulated time. As in run/ranks_mpi.c, a worker sends its records
 * when a batch is done, and twice a second before that. */
#include "simulate.h"

#include <math.h>
#include <stdlib.h>

static const double PACKET_SECONDS = 0.5;

struct worker {
    double time;      /* when its next message arrives */
    size_t next, end; /* items of its batch that are not yet sent */
    size_t records;   /* in that message */
    double begun;     /* seconds of the batch so far */
};

struct state {
    const struct simulation *of;
    struct simulated *out;
    struct basin_deal deal;
    double free;           /* when rank 0 is done with the last message */
    double done;           /* cost */
    struct worker *worker; /* a heap by time */
    size_t n;
};

static void sink(struct state *self)
{
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < self->n; child++) {
            least = self->worker[child].time < self->worker[least].time ? child : least;
        }
        if (least == at) {
            return;
        }
        struct worker moved = self->worker[at];
        self->worker[at] = self->worker[least];
        self->worker[least] = moved;
        at = least;
    }
}

static void rise(struct state *self, struct worker worker)
{
    size_t at = self->n++;
    for (; at > 0 && worker.time < self->worker[(at - 1) / 2].time; at = (at - 1) / 2) {
        self->worker[at] = self->worker[(at - 1) / 2];
    }
    self->worker[at] = worker;
}

/* Works from `from` on until a message is due. */
static void work(struct state *self, struct worker *worker, double from)
{
    double spent = 0;
    worker->records = 0;
    while (worker->next < worker->end && spent < PACKET_SECONDS) {
        spent += self->of->seconds[self->of->items[worker->next].cell];
        worker->next++;
        worker->records++;
    }
    worker->begun += spent;
    worker->time = from + spent;
    self->out->work += spent;
    self->out->items += worker->records;
    self->out->longest = fmax(self->out->longest, worker->begun);
}

/* False if there are no more. */
static bool give(struct state *self, struct worker *worker)
{
    size_t first = self->deal.next;
    size_t n =
        basin_deal_batch(&self->deal, self->free > 0 ? self->done / self->free : 0);
    if (n == 0) {
        return false;
    }
    self->free += self->of->message;
    self->out->lead += self->of->message;
    self->out->batches++;
    *worker = (struct worker){.next = first, .end = first + n};
    work(self, worker, self->free);
    return true;
}

/* Rank 0 takes the message that arrives first. */
static void take(struct state *self)
{
    struct worker *worker = &self->worker[0];
    double busy = self->of->message + self->of->record * (double)worker->records;
    self->free = fmax(self->free, worker->time) + busy;
    self->out->lead += busy;
    self->out->messages++;
    for (size_t i = worker->next - worker->records; i < worker->next; i++) {
        self->done += self->of->items[i].cost;
    }
    if (worker->next < worker->end) {
        work(self, worker, worker->time);
    } else if (!give(self, worker)) {
        *worker = self->worker[--self->n];
    }
    sink(self);
}

bool simulate(const struct simulation *self, struct simulated *out)
{
    struct state state = {.of = self,
        .out = out,
        .deal = {self->items, self->n, 0, 0, self->workers},
        .worker = calloc(self->workers, sizeof(*state.worker))};
    *out = (struct simulated){0};
    if (state.worker == NULL) {
        return false;
    }
    for (size_t i = 0; i < self->n; i++) {
        state.deal.left += self->items[i].cost;
    }
    for (size_t w = 0; w < self->workers; w++) {
        struct worker first;
        if (give(&state, &first)) {
            rise(&state, first);
        }
    }
    while (state.n > 0) {
        take(&state);
    }
    out->seconds = state.free;
    free(state.worker);
    return true;
}

static int compare_costs(const void *a, const void *b)
{
    double p = ((const struct basin_item *)a)->cost;
    double q = ((const struct basin_item *)b)->cost;
    return (p < q) - (p > q);
}

struct basin_item *simulated_items(
    size_t n, double mean, double spread, bool known, double **seconds)
{
    struct basin_item *items = calloc(n, sizeof(*items));
    *seconds = malloc(n * sizeof(**seconds));
    if (items == NULL || *seconds == NULL) {
        abort();
    }
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double even = (double)i * 0.6180339887498949; /* Weyl's sequence */
        (*seconds)[i] = pow(spread, even - floor(even));
        sum += (*seconds)[i];
    }
    for (size_t i = 0; i < n; i++) {
        (*seconds)[i] *= mean * (double)n / sum;
        items[i].cell = i;
        items[i].cost = known ? (*seconds)[i] : 1;
    }
    if (known) {
        qsort(items, n, sizeof(*items), compare_costs);
    }
    return items;
}
