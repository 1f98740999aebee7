/* What experiments on a memory share: patterns, cues, a rule that has stored them. */
#include "experiments/stage.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

const struct basin_kind *const basin_stage_cues[] = {&basin_cue_kind, NULL};

struct basin_stage basin_stage_of(const struct basin_params *params)
{
    const void *own = params->own[BASIN_STAGE_PATTERNS];
    const struct basin_population *population = params->own[BASIN_STAGE_OWN];
    struct basin_stage self = {
        .params = params,
        .source = basin_source_of(params->kind[BASIN_STAGE_PATTERNS]),
        .rule = basin_rule_of(params->kind[BASIN_STAGE_RULES]),
        .options = params->common[BASIN_STAGE_RULES],
        .cue = params->own[BASIN_STAGE_CUE],
    };
    const struct basin_pattern_options *pattern_options =
        params->common[BASIN_STAGE_PATTERNS];
    self.domain = pattern_options->normalize == BASIN_NORMALIZE_NONE
                      ? self.source->domain(own)
                      : BASIN_CONTINUOUS;
    self.d = self.source->dimension(own);
    self.side = self.source->side == NULL ? 0 : self.source->side(own);
    self.n = population->patterns_count > 0
                 ? (size_t)population->patterns_count
                 : (size_t)llround(population->load * (double)self.d);
    return self;
}

double basin_stage_memory(const struct basin_stage *self, size_t states)
{
    double d = (double)self->d;
    double rows = 2 * (double)self->n + (double)states;
    return sizeof(double) * rows * d + self->rule->coupling_bits / 8.0 * d * d;
}

/* Data of the sources that read something, by the identity of the patterns section. */
struct shelf_entry {
    uint64_t identity;
    size_t count; /* patterns that were asked for */
    const struct basin_source *source;
    void *data;
};

struct shelf {
    size_t n, capacity;
    struct shelf_entry *entry;
};

int basin_stage_open(void **shared, struct basin_diag *diag)
{
    *shared = calloc(1, sizeof(struct shelf));
    return *shared == NULL ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory") : 0;
}

void basin_stage_close(void *shared)
{
    struct shelf *shelf = shared;
    if (shelf != NULL) {
        for (size_t i = 0; i < shelf->n; i++) {
            shelf->entry[i].source->close(shelf->entry[i].data);
        }
        free(shelf->entry);
        free(shelf);
    }
}

static struct shelf_entry *shelf_find(const struct shelf *shelf, uint64_t identity)
{
    for (size_t i = 0; i < shelf->n; i++) {
        if (shelf->entry[i].identity == identity) {
            return &shelf->entry[i];
        }
    }
    return NULL;
}

static int shelf_grow(struct shelf *shelf)
{
    if (shelf->n == shelf->capacity) {
        size_t capacity = shelf->capacity == 0 ? 8 : 2 * shelf->capacity;
        void *grown = realloc(shelf->entry, capacity * sizeof(*shelf->entry));
        if (grown == NULL) {
            return BASIN_ERR_NOMEM;
        }
        shelf->entry = grown;
        shelf->capacity = capacity;
    }
    return 0;
}

/* Reads the source's data, again if more patterns are needed than were read before. */
static int shelf_load(
    struct shelf *shelf, const struct basin_stage *stage, struct basin_diag *diag)
{
    uint64_t identity = stage->params->identity[BASIN_STAGE_PATTERNS];
    struct shelf_entry *entry = shelf_find(shelf, identity);
    if (stage->source->open == NULL || (entry != NULL && entry->count >= stage->n)) {
        return 0;
    }
    if (entry == NULL && shelf_grow(shelf) != 0) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    void *data = NULL;
    int ret = stage->source->open(
        stage->params->own[BASIN_STAGE_PATTERNS], stage->n, &data, diag);
    if (ret != 0) {
        return ret;
    }
    if (entry == NULL) {
        entry = &shelf->entry[shelf->n++];
    } else {
        stage->source->close(entry->data);
    }
    *entry = (struct shelf_entry){identity, stage->n, stage->source, data};
    return 0;
}

static int check_population(const struct basin_stage *stage, struct basin_diag *diag)
{
    const struct basin_population *population = stage->params->own[BASIN_STAGE_OWN];
    bool by_count = population->patterns_count > 0;
    bool by_load = !isnan(population->load);
    if (by_count && by_load) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "patterns_count and load are both given; one decides the number of patterns");
    }
    if (!by_count && !by_load) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "the number of patterns is missing: give patterns_count or load");
    }
    if (stage->n == 0) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "load %g of %zu units is no pattern at all; at least %g is needed",
            population->load, stage->d, 1 / (double)stage->d);
    }
    return 0;
}

int basin_stage_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    struct basin_stage stage = basin_stage_of(params);
    int ret = check_population(&stage, diag);
    if (ret != 0) {
        return ret;
    }
    if ((stage.rule->takes & stage.domain) == 0) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "rule \"%s\" cannot store %s patterns, which source \"%s\" gives",
            stage.rule->kind.name, basin_domain_name(stage.domain),
            stage.source->kind.name);
    }
    ret = basin_cue_check(stage.cue, stage.domain, stage.side, diag);
    if (ret == 0 && stage.rule->check != NULL) {
        ret = stage.rule->check(params->own[BASIN_STAGE_RULES], stage.options, stage.d,
            stage.n, stage.domain, diag);
    }
    return ret == 0 ? shelf_load(shared, &stage, diag) : ret;
}

/* Sets of different size are drawn independently: neighbouring loads then have
 * independent noise, which averages out where curves cross or pass a level. */
static uint64_t pattern_key(const struct basin_stage *self, const struct basin_task *task)
{
    uint64_t key = basin_rng_key(
        task->seed, task->params->identity[BASIN_STAGE_PATTERNS], BASIN_FOR_PATTERNS);
    return basin_rng_key(key, self->n, BASIN_FOR_PATTERNS);
}

int basin_stage_draw(const struct basin_stage *self, const void *shared,
    const struct basin_task *task, gsl_matrix *patterns, struct basin_diag *diag)
{
    const struct basin_params *params = task->params;
    const struct basin_pattern_options *options = params->common[BASIN_STAGE_PATTERNS];
    const struct shelf_entry *entry =
        shelf_find(shared, params->identity[BASIN_STAGE_PATTERNS]);
    int ret = self->source->draw(params->own[BASIN_STAGE_PATTERNS],
        entry == NULL ? NULL : entry->data, pattern_key(self, task), task->replicate,
        patterns, diag);
    return ret != 0 ? ret
                    : basin_patterns_normalize(
                          patterns, (enum basin_normalize)options->normalize, diag);
}

int basin_stage_ask(const struct basin_stage *self, const struct basin_task *task,
    const gsl_matrix *patterns, const size_t *target, gsl_matrix *cues,
    struct basin_diag *diag)
{
    uint64_t key = basin_rng_key(
        pattern_key(self, task), task->params->identity[BASIN_STAGE_CUE], BASIN_FOR_CUE);
    return basin_cue_make(self->cue, self->domain, self->side, key, task->replicate,
        patterns, target, cues, diag);
}

int basin_stage_store(const struct basin_stage *self, const struct basin_task *task,
    const gsl_matrix *patterns, void **memory, struct basin_diag *diag)
{
    uint64_t key =
        basin_rng_key(task->seed, basin_id_number(&task->cell), BASIN_FOR_ORDER);
    return self->rule->store(task->params->own[BASIN_STAGE_RULES], self->options,
        patterns, key, task->replicate, memory, diag);
}
