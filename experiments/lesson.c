/* Small BERTs that learn. */
#include "experiments/lesson.h"

#include <math.h>
#include <stdlib.h>

struct recall {
    long length, keys, values;
    double copy, skew;
    bool shared, neighbours;
};

struct text {
    const char *path;
    long vocab, length;
    double masked;
    bool shuffled;
};

#define T struct recall

static const struct basin_field recall_fields[] = {
    BASIN_FIELD_INT(T, length, "32", 8, 1024, "tokens",
        "length L of the sequences, a multiple of 4: each of L/4 keys twice, with "
        "values"),
    BASIN_FIELD_INT(T, keys, "16", 2, 1e4, "1", "different keys"),
    BASIN_FIELD_INT(T, values, "16", 2, 1e4, "1", "different values"),
    BASIN_FIELD_REAL(T, copy, "0.9", 0, 1, "1",
        "probability that a key's second value repeats the first one"),
    BASIN_FIELD_REAL(T, skew, "1", 0, 10, "1",
        "of Zipf's law, by which values follow keys; 0: all are equally likely"),
    BASIN_FIELD_BOOL(T, shared, "false", "the same values are frequent with every key"),
    BASIN_FIELD_BOOL(T, neighbours, "false",
        "a key's two occurrences are side by side, else anywhere in the sequence"),
    BASIN_FIELD_END,
};

#undef T

static const struct basin_kind recall = {.name = "recall",
    .summary = "repeat the value that followed the same key; entropies are known",
    .source = "induction task; see src/transformer/source.h",
    .version = 1,
    .fields = recall_fields,
    .size = sizeof(struct recall)};

#define T struct text

static const struct basin_field text_fields[] = {
    BASIN_FIELD_FILES(T, path, NULL, "*.txt",
        "a folder, whose *.txt are the documents, or a file, whose paragraphs are; every "
        "tenth is held out"),
    BASIN_FIELD_INT(T, vocab, "2048", 100, 1 << 16, "1",
        "words of the vocabulary, which is learnt from the text"),
    BASIN_FIELD_INT(T, length, "64", 3, 1 << 15, "tokens",
        "length L of the sequences, [CLS] and [SEP] included"),
    BASIN_FIELD_REAL(T, masked, "0.15", BASIN_POSITIVE, 1, "1",
        "share of the words that are asked for"),
    BASIN_FIELD_BOOL(T, shuffled, "false",
        "every word from a random place of its own, so that neighbours tell nothing"),
    BASIN_FIELD_END,
};

#undef T

static const struct basin_kind text = {.name = "text",
    .summary = "find hidden words of a text; what is known without attention is counted",
    .source = "Devlin et al. 2019; see src/transformer/source.h",
    .version = 1,
    .fields = text_fields,
    .size = sizeof(struct text)};

const struct basin_kind *const basin_lesson_tasks[] = {&recall, &text, NULL};

int basin_lesson_open(void **shared, struct basin_diag *diag)
{
    *shared = calloc(1, sizeof(struct basin_texts));
    return *shared == NULL ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory") : 0;
}

void basin_lesson_close(void *shared)
{
    if (shared != NULL) {
        basin_texts_free(shared);
        free(shared);
    }
}

uint64_t basin_lesson_key(const struct basin_task *task, enum basin_purpose purpose)
{
    return basin_rng_key(task->seed, (uint64_t)task->replicate + 1, purpose);
}

bool basin_lesson_is_text(const struct basin_params *params)
{
    return params->kind[BASIN_LESSON_TASKS] == &text;
}

static struct basin_recall_options recall_of(
    const struct basin_params *params, uint64_t seed)
{
    const struct recall *task = params->own[BASIN_LESSON_TASKS];
    return (struct basin_recall_options){.length = (size_t)task->length,
        .keys = (size_t)task->keys,
        .values = (size_t)task->values,
        .copy = task->copy,
        .skew = task->skew,
        .shared = task->shared,
        .neighbours = task->neighbours,
        .seed = seed};
}

/* ---- What there is to learn ----------------------------------------------------- */

static int make_text_task(struct basin_lesson_task *self, const struct basin_texts *texts,
    const struct text *own, struct basin_diag *diag)
{
    const struct basin_text *found =
        basin_texts_find(texts, own->path, (size_t)own->vocab);
    int ret = basin_text_source_init(&self->text, &found->corpus, BASIN_TRAIN,
        &found->tokenizer, (size_t)own->length, own->masked, diag);
    ret = ret != 0
              ? ret
              : basin_text_source_init(&self->held_out, &found->corpus, BASIN_HELD_OUT,
                    &found->tokenizer, (size_t)own->length, own->masked, diag);
    self->text.shuffled = own->shuffled;
    self->held_out.shuffled = own->shuffled;
    self->source = basin_text_source(&self->text);
    self->unseen = basin_text_source(&self->held_out);
    self->alone = found->entropy;
    self->from_key = NAN;
    return ret != 0 ? basin_fail_in(diag, ret, "%s", own->path) : 0;
}

/* Its sources point into it: it must not move. */
static int make_task(struct basin_lesson_task *self, const struct basin_texts *texts,
    const struct basin_params *params, uint64_t seed, struct basin_diag *diag)
{
    if (basin_lesson_is_text(params)) {
        return make_text_task(self, texts, params->own[BASIN_LESSON_TASKS], diag);
    }
    const struct basin_recall_options options = recall_of(params, seed);
    int ret = basin_recall_source_init(&self->recall, &options, diag);
    self->source = basin_recall_source(&self->recall);
    self->unseen = self->source;
    self->alone = self->recall.entropy_unigram;
    self->from_key = self->recall.entropy_bigram;
    return ret;
}

static struct basin_bert_shape shape_of(
    const struct basin_lesson_options *own, const struct basin_task_source *source)
{
    return (struct basin_bert_shape){.layers = (size_t)own->layers,
        .heads = (size_t)own->heads,
        .hidden = (size_t)own->hidden,
        .intermediate = 4 * (size_t)own->hidden,
        .vocab = source->vocab,
        .positions = source->length,
        .types = 1,
        .norm_epsilon = 1e-12,
        .activation = BASIN_GELU,
        .masked_head = true,
        .tied = true};
}

int basin_lesson_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    struct basin_lesson_task task = {0};
    int ret = 0;
    if (basin_lesson_is_text(params)) {
        const struct text *own = params->own[BASIN_LESSON_TASKS];
        ret = basin_texts_read(shared, own->path, (size_t)own->vocab, diag);
    }
    if (ret != 0) {
        return ret;
    }
    ret = make_task(&task, shared, params, 0, diag);
    if (ret == 0) {
        const struct basin_bert_shape shape =
            shape_of(params->own[BASIN_LESSON_OWN], &task.source);
        ret = basin_bert_shape_check(&shape, "the model", diag);
    }
    basin_recall_source_free(&task.recall);
    return ret == 0 ? 0 : BASIN_ERR_CONFIG;
}

size_t basin_lesson_length(const struct basin_params *params)
{
    const void *own = params->own[BASIN_LESSON_TASKS];
    return (size_t)(basin_lesson_is_text(params) ? ((const struct text *)own)->length
                                                 : ((const struct recall *)own)->length);
}

static long words_of(const struct basin_params *params)
{
    const void *own = params->own[BASIN_LESSON_TASKS];
    const struct recall *task = own;
    return basin_lesson_is_text(params) ? ((const struct text *)own)->vocab
                                        : task->keys + task->values;
}

/* Six products for each weight and token; in single precision and in large matrices ten
 * of them take the time of one operation elsewhere. */
#define PER_WEIGHT 0.6

double basin_lesson_cost(const struct basin_params *params)
{
    const struct basin_lesson_options *own = params->own[BASIN_LESSON_OWN];
    double weights = 12.0 * (double)(own->layers * own->hidden * own->hidden);
    double tokens =
        (double)(own->updates * own->batch) * (double)basin_lesson_length(params);
    return PER_WEIGHT * weights * tokens;
}

double basin_lesson_memory(const struct basin_params *params)
{
    const struct basin_lesson_options *own = params->own[BASIN_LESSON_OWN];
    double hidden = (double)own->hidden;
    double words = (double)words_of(params);
    double length = (double)basin_lesson_length(params);
    double weights = (12 * (double)own->layers * hidden + words + length) * hidden;
    double token = (double)own->layers * (16 * hidden + 3 * (double)own->heads * length);
    return sizeof(float) *
           (4 * weights + (double)own->batch * length * (token + 2 * words));
}

void basin_lesson_free(struct basin_lesson *self)
{
    basin_trainer_free(self->trainer);
    basin_bert_free(&self->model);
    basin_recall_source_free(&self->content.recall);
    free(self->id);
    free(self->target);
}

/* The sequences at whose attention is looked. */
static int draw_looked(struct basin_lesson *self, struct basin_diag *diag)
{
    size_t length = self->content.source.length;
    size_t n = (size_t)self->own->looked;
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    self->id = malloc(n * length * sizeof(*self->id));
    self->target = malloc(n * length * sizeof(*self->target));
    if (r == NULL || self->id == NULL || self->target == NULL) {
        if (r != NULL) {
            gsl_rng_free(r);
        }
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu sequences", n);
    }
    for (size_t i = 0; i < n; i++) {
        basin_rng_start(r, basin_lesson_key(self->task, BASIN_FOR_CHOICE), i);
        self->content.unseen.draw(self->content.unseen.context, r, self->id + i * length,
            self->target + i * length);
    }
    gsl_rng_free(r);
    return 0;
}

static struct basin_trainer_options options_of(const struct basin_lesson *self)
{
    const struct basin_lesson_options *own = self->own;
    struct basin_trainer_options options = basin_trainer_defaults();
    options.seed = basin_lesson_key(self->task, BASIN_FOR_TRAINING);
    options.threads = self->task->threads > 1 ? self->task->threads : 1;
    options.batch = (size_t)own->batch;
    options.updates = (size_t)own->updates;
    options.warmup = (size_t)own->warmup;
    options.rate = own->rate;
    options.setting.dropout = own->dropout;
    options.setting.attention_dropout = own->dropout;
    return options;
}

int basin_lesson_init(struct basin_lesson *self, const void *shared,
    const struct basin_task *task, struct basin_diag *diag)
{
    self->task = task;
    self->own = task->params->own[BASIN_LESSON_OWN];
    self->options = options_of(self);
    int ret = make_task(&self->content, shared, task->params,
        basin_lesson_key(task, BASIN_FOR_PATTERNS), diag);
    if (ret != 0) {
        return ret;
    }
    const struct basin_bert_shape shape = shape_of(self->own, &self->content.source);
    ret = basin_bert_init(&self->model, &shape, diag);
    ret = ret != 0 ? ret
                   : basin_bert_randomize(&self->model, self->own->deviation,
                         self->own->sharpness, basin_lesson_key(task, BASIN_FOR_WEIGHTS),
                         diag);
    if (ret == 0 && !isnan(self->own->waves)) {
        basin_bert_waves(&self->model, self->own->waves, self->own->deviation);
    }
    ret = ret != 0 ? ret
                   : basin_trainer_new(&self->trainer, &self->model,
                         &self->content.source, &self->options, diag);
    return ret != 0 ? ret : draw_looked(self, diag);
}

/* ---- Learning -------------------------------------------------------------------- */

static uint64_t identity_of(const struct basin_task *task)
{
    return basin_rng_key(
        task->seed, basin_id_number(&task->cell) + task->replicate, BASIN_FOR_TRAINING);
}

/* Tells how far it is, and does what it is told. */
static int tell(const struct basin_lesson *self, struct basin_diag *diag)
{
    const struct basin_midway *midway = self->task->midway;
    if (midway == NULL) {
        return 0;
    }
    size_t done = basin_trainer_done(self->trainer);
    enum basin_advice advice =
        midway->tell(midway->context, (double)done / (double)self->own->updates);
    int ret = advice == BASIN_GO_ON
                  ? 0
                  : basin_trainer_save(self->trainer, midway->path,
                        identity_of(self->task), self->numbers, self->n_numbers, diag);
    return ret == 0 && advice == BASIN_STOP ? basin_fail(diag, BASIN_ERR_INTERRUPTED,
                                                  "interrupted after update %zu", done)
                                            : ret;
}

/* A file of another version of this program is as good as none. */
int basin_lesson_resume(
    struct basin_lesson *self, double *numbers, size_t n, struct basin_diag *diag)
{
    bool found = false;
    self->numbers = numbers;
    self->n_numbers = n;
    if (self->task->midway == NULL) {
        return 0;
    }
    int ret = basin_trainer_resume(self->trainer, self->task->midway->path,
        identity_of(self->task), numbers, n, &found, diag);
    return ret == 0 || ret == BASIN_ERR_FORMAT ? tell(self, diag) : ret;
}

int basin_lesson_learn(struct basin_lesson *self, size_t updates, struct basin_diag *diag)
{
    struct basin_trainer_result result;
    int ret = 0;
    while (ret == 0 && basin_trainer_done(self->trainer) < updates) {
        ret = basin_trainer_step(self->trainer, &result, diag);
        ret = ret != 0 ? ret : tell(self, diag);
    }
    return ret;
}

int basin_lesson_judge(const struct basin_lesson *self, struct basin_trainer *trainer,
    struct basin_trainer_result *judged, struct basin_diag *diag)
{
    return basin_trainer_judge(trainer, &self->content.unseen,
        basin_lesson_key(self->task, BASIN_FOR_NOISE), (size_t)self->own->judged, judged,
        diag);
}

int basin_lesson_judge_fixed(const struct basin_lesson *self, const float *const *fixed,
    double *loss, struct basin_diag *diag)
{
    struct basin_trainer_options options = self->options;
    struct basin_trainer_result judged = {0};
    struct basin_trainer *trainer = NULL;
    struct basin_bert model = self->model; /* the same weights: judging changes none */
    options.setting.fixed = fixed;
    int ret = basin_trainer_new(&trainer, &model, &self->content.source, &options, diag);
    ret = ret != 0 ? ret : basin_lesson_judge(self, trainer, &judged, diag);
    *loss = judged.loss;
    basin_trainer_free(trainer);
    return ret;
}
