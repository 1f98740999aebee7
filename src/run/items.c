/* The items of a plan: their order, shards and batches. */
#include "run/items.h"

#include <math.h>
#include <stdlib.h>

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

/* ---- The list ------------------------------------------------------------------- */

/* Longest first; otherwise the plan's order. */
static int compare_items(const void *left, const void *right)
{
    const struct basin_item *a = left;
    const struct basin_item *b = right;
    if (a->cost != b->cost) {
        return a->cost > b->cost ? -1 : 1;
    }
    if (a->cell != b->cell) {
        return a->cell < b->cell ? -1 : 1;
    }
    return a->replicate < b->replicate ? -1 : a->replicate > b->replicate;
}

static int cost_of(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const void *shared, size_t cell,
    struct basin_params *params, double *cost, struct basin_diag *diag)
{
    *cost = 1;
    if (experiment->cost == NULL) {
        return 0;
    }
    int ret = basin_plan_params(plan, cell, params, diag);
    if (ret == 0) {
        double estimate = experiment->cost(shared, params);
        *cost = isfinite(estimate) && estimate > 0 ? estimate : 1;
    }
    return ret;
}

int basin_items_list(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const void *shared,
    struct basin_item **items, struct basin_diag *diag)
{
    size_t n = 0;
    struct basin_params params = {0};
    *items = calloc(plan->n_cells * plan->replicates + 1, sizeof(**items));
    if (*items == NULL) {
        return fail_memory(diag);
    }
    int ret = 0;
    bool sorted = true;
    for (size_t c = 0; ret == 0 && c < plan->n_cells; c++) {
        double cost;
        ret = cost_of(plan, experiment, shared, c, &params, &cost, diag);
        sorted = sorted && (n == 0 || (*items)[n - 1].cost >= cost);
        for (uint32_t r = 0; ret == 0 && r < plan->replicates; r++) {
            (*items)[n++] = (struct basin_item){r, 0, c, cost};
        }
    }
    basin_params_free(&params);
    if (ret == 0 && !sorted) {
        qsort(*items, n, sizeof(**items), compare_items);
    }
    if (ret != 0) {
        free(*items);
        *items = NULL;
    }
    return ret;
}

/* ---- Shards --------------------------------------------------------------------- */

/* A shard and what it has to do; the least loaded one is at the root of a heap. */
struct load {
    double cost;
    uint32_t shard;
};

static bool is_less(const struct load *a, const struct load *b)
{
    return a->cost != b->cost ? a->cost < b->cost : a->shard < b->shard;
}

static void sink(struct load *heap, size_t n)
{
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < n; child++) {
            least = is_less(&heap[child], &heap[least]) ? child : least;
        }
        if (least == at) {
            return;
        }
        struct load moved = heap[at];
        heap[at] = heap[least];
        heap[least] = moved;
        at = least;
    }
}

int basin_items_divide(
    struct basin_item *items, size_t n, uint32_t shards, struct basin_diag *diag)
{
    struct load *heap = calloc(shards, sizeof(*heap));
    if (heap == NULL) {
        return fail_memory(diag);
    }
    for (uint32_t s = 0; s < shards; s++) {
        heap[s].shard = s + 1;
    }
    for (size_t i = 0; i < n; i++) {
        items[i].shard = heap[0].shard;
        heap[0].cost += items[i].cost;
        sink(heap, shards);
    }
    free(heap);
    return 0;
}

/* ---- Batches -------------------------------------------------------------------- */

static const double BATCH_SECONDS = 0.02; /* a shorter one costs more than it gives */

size_t basin_deal_batch(struct basin_deal *self, double rate)
{
    enum { MOST = 1 << 16 };
    double workers = (double)self->workers;
    double share = fmax(self->left / (4 * workers), rate / workers * BATCH_SECONDS);
    double sum = 0;
    size_t taken = 0;
    while (self->next < self->n && taken < MOST) {
        double cost = self->items[self->next].cost;
        if (taken > 0 && sum + cost > share) {
            break;
        }
        sum += cost;
        taken++;
        self->next++;
    }
    self->left -= sum;
    return taken;
}
