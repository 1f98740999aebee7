/* Training: a batch's parts forward and back, their slopes added, one step of AdamW. */
#include "transformer/trainer_work.h"

#include "base/rng.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Weights of one tile of the reduction: fixed, for it decides how squares are summed. */
enum { TILE = 1 << 15 };

struct basin_trainer_options basin_trainer_defaults(void)
{
    return (struct basin_trainer_options){.batch = 32,
        .parts = 4,
        .chunk = 2,
        .updates = 1000,
        .warmup = 100,
        .rate = 1e-3,
        .beta1 = 0.9,
        .beta2 = 0.98,
        .epsilon = 1e-6,
        .decay = 0.01,
        .clip = 1};
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t tiles(const struct basin_trainer *self)
{
    return (self->model->n + TILE - 1) / TILE;
}

/* ---- Making --------------------------------------------------------------------- */

static int check(const struct basin_bert *model, const struct basin_task_source *source,
    const struct basin_trainer_options *options, struct basin_diag *diag)
{
    if (!model->shape.masked_head) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "the model has no masked-word head (cls.predictions) to train");
    }
    if (source->length > model->shape.positions) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "sequences of %zu tokens are longer than the model's %zu positions",
            source->length, model->shape.positions);
    }
    if (source->vocab > model->shape.vocab) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "the sequences have %zu words, but the model only %zu", source->vocab,
            model->shape.vocab);
    }
    if (options->parts < 1 || options->chunk < 1 || options->batch < options->parts) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "a batch of %zu sequences cannot be cut into %zu parts", options->batch,
            options->parts);
    }
    if (options->warmup >= options->updates) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "a warm-up of %zu updates leaves nothing of %zu", options->warmup,
            options->updates);
    }
    return 0;
}

static bool allocate(struct basin_trainer *self)
{
    const struct basin_trainer_options *options = &self->options;
    size_t threads = (size_t)self->threads;
    size_t tokens = threads * options->chunk * self->source.length;
    self->first = basin_aligned(self->model->n, sizeof(*self->first));
    self->second = basin_aligned(self->model->n, sizeof(*self->second));
    self->slope = calloc(options->parts, sizeof(*self->slope));
    self->part = calloc(options->parts, sizeof(*self->part));
    self->pass = calloc(threads, sizeof(void *));
    self->random = calloc(threads, sizeof(void *));
    self->id = malloc(tokens * sizeof(*self->id));
    self->target = malloc(tokens * sizeof(*self->target));
    self->squares = malloc(tiles(self) * sizeof(*self->squares));
    bool ok = self->first != NULL && self->second != NULL && self->slope != NULL &&
              self->part != NULL && self->pass != NULL && self->random != NULL &&
              self->id != NULL && self->target != NULL && self->squares != NULL;
    for (size_t t = 0; ok && t < threads; t++) {
        self->random[t] = gsl_rng_alloc(basin_rng_philox);
        ok = self->random[t] != NULL;
    }
    return ok;
}

int basin_trainer_new(struct basin_trainer **self, struct basin_bert *model,
    const struct basin_task_source *source, const struct basin_trainer_options *options,
    struct basin_diag *diag)
{
    *self = NULL;
    int ret = check(model, source, options, diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_trainer *trainer = calloc(1, sizeof(*trainer));
    if (trainer == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for training");
    }
    int threads = options->threads > 0 ? options->threads
                  : omp_in_parallel()  ? 1
                                       : omp_get_max_threads();
    *trainer = (struct basin_trainer){.model = model,
        .source = *source,
        .options = *options,
        .learn = basin_learn_code(basin_isa_best()),
        .threads = threads < (int)options->parts ? threads : (int)options->parts};
    ret = allocate(trainer) ? 0
                            : basin_fail(diag, BASIN_ERR_NOMEM,
                                  "no memory to train %zu weights", model->n);
    for (size_t p = 0; ret == 0 && p < options->parts; p++) {
        ret = basin_bert_init(&trainer->slope[p], &model->shape, diag);
    }
    for (int t = 0; ret == 0 && t < trainer->threads; t++) {
        ret = basin_pass_new(&trainer->pass[t], model, &trainer->options.setting,
            options->chunk, source->length, diag);
    }
    if (ret != 0) {
        basin_trainer_free(trainer);
        return ret;
    }
    *self = trainer;
    return 0;
}

void basin_trainer_free(struct basin_trainer *self)
{
    if (self == NULL) {
        return;
    }
    for (int t = 0; t < self->threads; t++) {
        if (self->pass != NULL) {
            basin_pass_free(self->pass[t]);
        }
        if (self->random != NULL && self->random[t] != NULL) {
            gsl_rng_free(self->random[t]);
        }
    }
    for (size_t p = 0; self->slope != NULL && p < self->options.parts; p++) {
        basin_bert_free(&self->slope[p]);
    }
    free(self->first);
    free(self->second);
    free(self->slope);
    free(self->part);
    free(self->pass);
    free(self->random);
    free(self->id);
    free(self->target);
    free(self->squares);
    free(self);
}

size_t basin_trainer_done(const struct basin_trainer *self)
{
    return self->done;
}

/* ---- Parts ---------------------------------------------------------------------- */

/* Sequences to learn from, or to be judged by. */
struct work {
    const struct basin_task_source *source;
    uint64_t seed, number; /* number: of the update */
    size_t n;              /* sequences */
    bool learn;
};

/* One part of a batch, on one thread. Sequences are drawn where they are needed. */
static void run_part(struct basin_trainer *self, const struct work *work, size_t part)
{
    int thread = omp_get_thread_num();
    struct basin_pass *pass = self->pass[thread];
    size_t parts = self->options.parts;
    size_t length = work->source->length;
    size_t last = work->n * (part + 1) / parts;
    uint64_t draws = basin_rng_key(work->seed, work->number, BASIN_FOR_BATCH);
    self->part[part] = (struct basin_pass_result){0};
    if (work->learn) {
        memset(self->slope[part].block, 0, self->model->n * sizeof(float));
    }
    for (size_t s = work->n * part / parts; s < last; s += self->options.chunk) {
        size_t n = least(self->options.chunk, last - s);
        int32_t *id = self->id + (size_t)thread * self->options.chunk * length;
        int32_t *target = self->target + (size_t)thread * self->options.chunk * length;
        for (size_t i = 0; i < n; i++) {
            basin_rng_start(self->random[thread], draws, s + i);
            work->source->draw(work->source->context, self->random[thread],
                id + i * length, target + i * length);
        }
        struct basin_pass_batch batch = {.n = n,
            .length = length,
            .id = id,
            .target = target,
            .key = basin_rng_key(work->seed, work->number, BASIN_FOR_DROPOUT),
            .first = s};
        basin_pass_forward(pass, &batch, work->learn, &self->part[part]);
        if (work->learn) {
            basin_pass_back(pass, &batch, &self->slope[part]);
        }
    }
}

/* All parts; their results are added in order. */
static struct basin_pass_result run_parts(
    struct basin_trainer *self, const struct work *work)
{
    struct basin_pass_result all = {0};
#pragma omp parallel for num_threads(self->threads) schedule(dynamic, 1)
    for (size_t p = 0; p < self->options.parts; p++) {
        run_part(self, work, p);
    }
    for (size_t p = 0; p < self->options.parts; p++) {
        all.loss += self->part[p].loss;
        all.asked += self->part[p].asked;
        all.found += self->part[p].found;
    }
    return all;
}

/* ---- The step ------------------------------------------------------------------- */

/* Makes slope[0] the mean slope by all words asked for and returns its length. */
static double add_slopes(struct basin_trainer *self, size_t asked)
{
    const float *rates = self->options.rates;
    float share = 1 / (float)asked;
#pragma omp parallel for num_threads(self->threads) schedule(static)
    for (size_t t = 0; t < tiles(self); t++) {
        size_t first = t * TILE;
        size_t n = least(TILE, self->model->n - first);
        float *sum = self->slope[0].block + first;
        for (size_t p = 1; p < self->options.parts; p++) {
            self->learn->add(self->slope[p].block + first, n, sum);
        }
        self->learn->scale(sum, n, share);
        for (size_t i = 0; rates != NULL && i < n; i++) {
            sum[i] = rates[first + i] == 0 ? 0 : sum[i];
        }
        self->squares[t] = self->learn->squares(sum, n);
    }
    double squares = 0;
    for (size_t t = 0; t < tiles(self); t++) {
        squares += self->squares[t];
    }
    return sqrt(squares);
}

/* Rises linearly from rate / warmup to rate, then falls linearly to 0. */
static double rate_of(const struct basin_trainer_options *options, size_t done)
{
    if (done < options->warmup) {
        return options->rate * (double)(done + 1) / (double)options->warmup;
    }
    double left = done < options->updates ? (double)(options->updates - done) : 0;
    return options->rate * left / (double)(options->updates - options->warmup);
}

/* Weights from `first` to `last` of one tensor, in a tile. */
static void move(
    struct basin_trainer *self, const struct basin_adam *adam, size_t first, size_t last)
{
    const float *rates = self->options.rates;
    const float *slope = self->slope[0].block;
    float *w = self->model->block;
    for (size_t i = first; i < last;) {
        struct basin_adam own = *adam;
        size_t end = rates == NULL ? last : i + 1;
        while (end < last && rates[end] == rates[i]) {
            end++;
        }
        own.rate *= rates == NULL ? 1 : rates[i];
        if (own.rate != 0) {
            self->learn->adam(
                &own, slope + i, end - i, self->first + i, self->second + i, w + i);
        }
        i = end;
    }
}

static void move_all(struct basin_trainer *self, double slope, double rate)
{
    const struct basin_trainer_options *options = &self->options;
    double clip = options->clip > 0 && slope > options->clip ? options->clip / slope : 1;
    double t = (double)(self->done + 1);
    struct basin_adam adam = {.beta1 = (float)options->beta1,
        .beta2 = (float)options->beta2,
        .epsilon = (float)options->epsilon,
        .rate = (float)rate,
        .m_scale = (float)(1 / (1 - pow(options->beta1, t))),
        .v_scale = (float)(1 / (1 - pow(options->beta2, t)))};
#pragma omp parallel for num_threads(self->threads) schedule(static)
    for (size_t k = 0; k < tiles(self); k++) {
        size_t first = k * TILE;
        size_t last = least(first + TILE, self->model->n);
        if (clip < 1) {
            self->learn->scale(self->slope[0].block + first, last - first, (float)clip);
        }
        for (size_t i = 0; i < basin_bert_tensors(self->model); i++) {
            struct basin_bert_tensor tensor = basin_bert_tensor_at(self->model, i);
            size_t from = (size_t)(tensor.at - self->model->block);
            size_t to = least(from + tensor.rows * tensor.columns, last);
            from = from > first ? from : first;
            if (from < to) {
                struct basin_adam own = adam;
                own.decay = tensor.vector ? 0 : (float)options->decay;
                move(self, &own, from, to);
            }
        }
    }
}

int basin_trainer_step(struct basin_trainer *self, struct basin_trainer_result *result,
    struct basin_diag *diag)
{
    const struct work work = {.source = &self->source,
        .seed = self->options.seed,
        .number = self->done,
        .n = self->options.batch,
        .learn = true};
    struct basin_pass_result all = run_parts(self, &work);
    *result = (struct basin_trainer_result){.asked = all.asked,
        .loss = all.loss / (double)all.asked,
        .found = (double)all.found / (double)all.asked,
        .rate = rate_of(&self->options, self->done)};
    result->slope = add_slopes(self, all.asked);
    if (!isfinite(result->loss) || !isfinite(result->slope)) {
        return basin_fail(diag, BASIN_ERR_NUMERIC,
            "update %zu has no finite loss or slope: the rate %g is too great",
            self->done + 1, self->options.rate);
    }
    move_all(self, result->slope, result->rate);
    self->done++;
    return 0;
}

int basin_trainer_judge(struct basin_trainer *self,
    const struct basin_task_source *source, uint64_t seed, size_t n,
    struct basin_trainer_result *result, struct basin_diag *diag)
{
    if (source->length != self->source.length ||
        source->vocab > self->model->shape.vocab) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "the trainer was made for sequences of %zu tokens and %zu words, not %zu and "
            "%zu",
            self->source.length, self->model->shape.vocab, source->length, source->vocab);
    }
    const struct work work = {.source = source, .seed = seed, .n = n};
    struct basin_pass_result all = run_parts(self, &work);
    *result = (struct basin_trainer_result){.asked = all.asked,
        .loss = all.loss / (double)all.asked,
        .found = (double)all.found / (double)all.asked};
    return isfinite(result->loss)
               ? 0
               : basin_fail(diag, BASIN_ERR_NUMERIC, "the model has no finite loss");
}

void basin_trainer_rate_head(
    const struct basin_bert *model, size_t layer, size_t head, float rate, float *rates)
{
    size_t h = model->shape.hidden;
    size_t d_k = h / model->shape.heads;
    float *const *w = model->layer[layer];
    for (size_t i = head * d_k; i < (head + 1) * d_k; i++) {
        for (size_t part = 0; part < 3; part++) {
            float *bias = rates + (w[BASIN_QUERY_BIAS + part] - model->block);
            float *matrix = rates + (w[BASIN_QUERY + part] - model->block);
            bias[i] = rate;
            for (size_t j = 0; j < h; j++) {
                matrix[i * h + j] = rate;
            }
        }
        for (size_t j = 0; j < h; j++) {
            rates[(size_t)(w[BASIN_OUT] - model->block) + j * h + i] = rate;
        }
    }
}
