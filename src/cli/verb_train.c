/* basin train: makes a small BERT from a text, as an input of experiments.
 *
 * A model is built once, like a corpus, not measured: so this is a verb that fills a
 * folder. What happens in training is measured by experiments, on the same trainer. */
#include "cli/cli.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/rng.h"
#include "config/value.h"
#include "run/progress.h"
#include "transformer/trainer.h"
#include "transformer/wordpiece.h"

#include <math.h>
#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct settings {
    long vocab, layers, heads, hidden, length, batch, updates, warmup, seed, keep;
    double rate, masked, dropout, decay, clip;
    int start;
};

enum { START_LEANING, START_RANDOM };

static const struct basin_field fields[] = {
    BASIN_FIELD_INT(struct settings, vocab, "2048", 100, 1 << 16, "1",
        "words of the vocabulary, which is learnt from the text"),
    BASIN_FIELD_INT(struct settings, layers, "4", 1, 1024, "1", "number of layers"),
    BASIN_FIELD_INT(struct settings, heads, "4", 1, 1024, "1", "heads of a layer"),
    BASIN_FIELD_INT(struct settings, hidden, "128", 1, 1 << 16, "1",
        "size of the hidden states; the feed-forward network has four times as many"),
    BASIN_FIELD_INT(struct settings, length, "128", 3, 1 << 15, "tokens",
        "of a sequence, [CLS] and [SEP] included"),
    BASIN_FIELD_INT(
        struct settings, batch, "32", 4, 1 << 20, "1", "sequences of an update"),
    BASIN_FIELD_INT(struct settings, updates, "3000", 2, 1e9, "1", "updates in all"),
    BASIN_FIELD_INT(struct settings, warmup, "200", 0, 1e9, "1",
        "updates in which the rate rises; then it falls to 0, both linearly"),
    BASIN_FIELD_INT(struct settings, seed, "1", 0, 1e9, "1", "of everything random"),
    BASIN_FIELD_INT(struct settings, keep, "100", 1, 1e9, "1",
        "updates from checkpoint to checkpoint, and from line to line of training.tsv"),
    BASIN_FIELD_CHOICE(struct settings, start, "leaning|random", "leaning",
        "initial weights: heads lean to their neighbours, or random as BERT's, which "
        "average for some ten million hidden words"),
    BASIN_FIELD_REAL(
        struct settings, rate, "1e-3", BASIN_POSITIVE, 1, "1", "greatest learning rate"),
    BASIN_FIELD_REAL(struct settings, masked, "0.15", BASIN_POSITIVE, 1, "1",
        "share of the words that are asked for"),
    BASIN_FIELD_REAL(struct settings, dropout, "0", 0, 0.9, "1",
        "share of hidden states and attention weights that is dropped"),
    BASIN_FIELD_REAL(struct settings, decay, "0.01", 0, 1, "1", "weight decay"),
    BASIN_FIELD_REAL(struct settings, clip, "1", 0, 1e9, "1", "longest slope; 0: any"),
    BASIN_FIELD_END,
};

enum { JUDGED = 64 }; /* held-out sequences for a line of training.tsv */

struct study {
    struct settings settings;
    const char *text, *folder;
    bool quiet;
    struct basin_str lines; /* of vocab.txt */
    struct basin_tokenizer tokenizer;
    struct basin_corpus corpus;
    struct basin_text_source train, held_out;
    struct basin_bert model;
    struct basin_trainer *trainer;
    struct basin_trainer_options options;
    char *checkpoint; /* owned: its path */
    uint64_t identity;
    size_t n;      /* numbers: update, loss, loss on held-out text; row after row */
    double *curve; /* owned */
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

/* ---- Settings ------------------------------------------------------------------- */

static int read_setting(
    struct settings *settings, const char *set, struct basin_diag *diag)
{
    char name[64];
    const char *names[sizeof(fields) / sizeof(fields[0])];
    const char *equals = strchr(set, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals - set);
    size_t n = 0;
    for (; fields[n].name != NULL; n++) {
        names[n] = fields[n].name;
    }
    if (length == 0 || length >= sizeof(name)) {
        return basin_fail(
            diag, BASIN_ERR_USAGE, "--set takes name=number here, not \"%s\"", set);
    }
    memcpy(name, set, length);
    name[length] = '\0';
    const struct basin_field *field = basin_field_find(fields, name);
    if (field == NULL) {
        const char *near = basin_str_nearest(name, names, n);
        return basin_fail(diag, BASIN_ERR_USAGE,
            "training has no setting \"%s\"%s%s%s; `basin train --help` lists them", name,
            near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
            near == NULL ? "" : "\"?");
    }
    return basin_value_read(field, equals + 1, true, settings, diag);
}

static int read_settings(struct settings *settings, const struct basin_text_list *sets,
    struct basin_diag *diag)
{
    int ret = 0;
    for (const struct basin_field *f = fields; ret == 0 && f->name != NULL; f++) {
        ret = basin_value_read(f, f->fallback, true, settings, diag);
    }
    for (size_t i = 0; ret == 0 && i < sets->n; i++) {
        ret = read_setting(settings, sets->text[i], diag);
    }
    return ret;
}

/* What tells one training from another: its settings and its text. */
static int name_study(struct study *self, struct basin_diag *diag)
{
    struct basin_str text = {0};
    for (const struct basin_field *f = fields; f->name != NULL; f++) {
        basin_str_add(&text, "%s=", f->name);
        basin_value_text(f, &self->settings, &text);
        basin_str_add(&text, "\n");
    }
    for (size_t part = 0; part < BASIN_PARTS; part++) {
        const struct basin_tokens *tokens = &self->corpus.part[part];
        basin_str_add_bytes(
            &text, (const char *)tokens->id, tokens->n * sizeof(*tokens->id));
    }
    basin_str_add_bytes(&text, self->lines.text, self->lines.length);
    int ret = text.failed ? fail_memory(diag) : 0;
    if (ret == 0) {
        struct basin_id id = basin_id_of(text.text, text.length);
        self->identity = basin_id_number(&id);
    }
    basin_str_free(&text);
    return ret;
}

/* ---- Before the first update ---------------------------------------------------- */

static int read_text(struct study *self, struct basin_diag *diag)
{
    const struct settings *s = &self->settings;
    size_t length = (size_t)s->length;
    int ret = basin_wordpiece_learn(self->text, (size_t)s->vocab, &self->lines, diag);
    if (ret == 0 && self->lines.failed) {
        ret = fail_memory(diag);
    }
    ret = ret != 0 ? ret
                   : basin_tokenizer_lines(&self->tokenizer, "vocab.txt",
                         self->lines.text, self->lines.length, true, diag);
    ret = ret != 0 ? ret
                   : basin_corpus_read(&self->corpus, self->text, &self->tokenizer, diag);
    ret = ret != 0 ? ret
                   : basin_text_source_init(&self->train, &self->corpus, BASIN_TRAIN,
                         &self->tokenizer, length, s->masked, diag);
    ret = ret != 0 ? ret
                   : basin_text_source_init(&self->held_out, &self->corpus,
                         BASIN_HELD_OUT, &self->tokenizer, length, s->masked, diag);
    return ret != 0 ? basin_fail_in(diag, ret, "%s", self->text) : 0;
}

static int make_model(struct study *self, struct basin_diag *diag)
{
    const struct settings *s = &self->settings;
    const struct basin_bert_shape shape = {.layers = (size_t)s->layers,
        .heads = (size_t)s->heads,
        .hidden = (size_t)s->hidden,
        .intermediate = 4 * (size_t)s->hidden,
        .vocab = self->tokenizer.vocabulary.n,
        .positions = (size_t)s->length,
        .types = 1,
        .norm_epsilon = 1e-12,
        .activation = BASIN_GELU,
        .masked_head = true,
        .tied = true};
    int ret = basin_bert_shape_check(&shape, "train", diag);
    bool leaning = s->start == START_LEANING;
    /* 0.02 is BERT's, of 768 units; so wide, scores of fewer units are as different. */
    double deviation = leaning ? 0.02 * sqrt(768 / (double)s->hidden) : 0.02;
    ret = ret != 0 ? BASIN_ERR_CONFIG : basin_bert_init(&self->model, &shape, diag);
    ret = ret != 0 ? ret
                   : basin_bert_randomize(&self->model, deviation, 1,
                         basin_rng_key((uint64_t)s->seed, 0, BASIN_FOR_WEIGHTS), diag);
    if (ret == 0 && leaning) {
        basin_bert_lean(&self->model, deviation);
    }
    return ret;
}

static int make_trainer(struct study *self, struct basin_diag *diag)
{
    const struct settings *s = &self->settings;
    struct basin_task_source source = basin_text_source(&self->train);
    self->options = basin_trainer_defaults();
    self->options.seed = (uint64_t)s->seed;
    self->options.batch = (size_t)s->batch;
    self->options.updates = (size_t)s->updates;
    self->options.warmup = (size_t)s->warmup;
    self->options.rate = s->rate;
    self->options.decay = s->decay;
    self->options.clip = s->clip;
    self->options.setting.dropout = s->dropout;
    self->options.setting.attention_dropout = s->dropout;
    self->n = 3 * ((size_t)(s->updates - 1) / (size_t)s->keep + 2);
    self->curve = calloc(self->n, sizeof(*self->curve));
    self->checkpoint = basin_path_join(self->folder, "checkpoint", ".bin");
    if (self->curve == NULL || self->checkpoint == NULL) {
        return fail_memory(diag);
    }
    int ret = basin_folder_make(self->folder, diag);
    return ret != 0 ? ret
                    : basin_trainer_new(
                          &self->trainer, &self->model, &source, &self->options, diag);
}

/* ---- Training ------------------------------------------------------------------- */

static int save_checkpoint(const struct study *self, struct basin_diag *diag)
{
    return basin_trainer_save(
        self->trainer, self->checkpoint, self->identity, self->curve, self->n, diag);
}

/* A line of training.tsv, and a checkpoint. */
static int look(struct study *self, double loss, struct basin_diag *diag)
{
    struct basin_trainer_result judged;
    struct basin_task_source source = basin_text_source(&self->held_out);
    size_t done = basin_trainer_done(self->trainer);
    size_t keep = (size_t)self->settings.keep;
    double *row = self->curve + 3 * ((done + keep - 1) / keep);
    int ret = basin_trainer_judge(self->trainer, &source, 0, JUDGED, &judged, diag);
    row[0] = (double)done;
    row[1] = loss;
    row[2] = judged.loss;
    return ret != 0 ? ret : save_checkpoint(self, diag);
}

static int train(struct study *self, struct basin_diag *diag)
{
    struct basin_progress progress;
    struct basin_trainer_result result = {0};
    size_t updates = self->options.updates;
    size_t keep = (size_t)self->settings.keep;
    size_t done = basin_trainer_done(self->trainer);
    double loss = 0;
    int ret = 0;
    basin_progress_start(&progress, self->quiet ? NULL : stderr,
        isatty(STDERR_FILENO) != 0, updates - done, (double)(updates - done));
    while (ret == 0 && done < updates && !interrupted) {
        ret = basin_trainer_step(self->trainer, &result, diag);
        done += ret == 0;
        loss += result.loss / (double)keep;
        if (ret == 0 && (done % keep == 0 || done == updates)) {
            ret = look(self, done % keep == 0 ? loss : result.loss, diag);
            loss = 0;
        }
        basin_progress_add(&progress, 1, false);
        basin_progress_tick(&progress);
    }
    basin_progress_end(&progress);
    if (ret == 0 && done < updates) {
        ret = basin_fail(diag, BASIN_ERR_INTERRUPTED,
            "interrupted after update %zu of %zu; the same command goes on from the last "
            "checkpoint",
            done, updates);
    }
    return ret;
}

static int write_text(const struct study *self, const char *name, const char *text,
    size_t length, struct basin_diag *diag)
{
    char *path = basin_path_join(self->folder, name, "");
    int ret =
        path == NULL ? fail_memory(diag) : basin_file_replace(path, text, length, diag);
    free(path);
    return ret;
}

static int write_folder(const struct study *self, struct basin_diag *diag)
{
    static const char lower[] = "{\"do_lower_case\": true}\n";
    struct basin_str curve = {0};
    basin_str_add(&curve, "update\tloss\theld_out\n");
    for (size_t i = 0; i < self->n; i += 3) {
        const double *row = self->curve + i;
        if (row[0] > 0) {
            basin_str_add(&curve, "%.0f\t%.4f\t%.4f\n", row[0], row[1], row[2]);
        }
    }
    int ret = curve.failed ? fail_memory(diag)
                           : basin_bert_save(&self->model, 1, self->folder, diag);
    ret = ret != 0
              ? ret
              : write_text(self, "vocab.txt", self->lines.text, self->lines.length, diag);
    ret = ret != 0
              ? ret
              : write_text(self, "tokenizer_config.json", lower, strlen(lower), diag);
    ret =
        ret != 0 ? ret : write_text(self, "training.tsv", curve.text, curve.length, diag);
    basin_str_free(&curve);
    return ret;
}

static int run_study(struct study *self, struct basin_diag *diag)
{
    bool found = false;
    int ret = read_text(self, diag);
    ret = ret != 0 ? ret : name_study(self, diag);
    ret = ret != 0 ? ret : make_model(self, diag);
    ret = ret != 0 ? ret : make_trainer(self, diag);
    ret = ret != 0 ? ret
                   : basin_trainer_resume(self->trainer, self->checkpoint, self->identity,
                         self->curve, self->n, &found, diag);
    ret = ret != 0 ? ret : train(self, diag);
    return ret != 0 ? ret : write_folder(self, diag);
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    struct study study = {.text = arguments->operand[0],
        .folder = arguments->out == NULL ? "build/model" : arguments->out,
        .quiet = arguments->quiet};
    const struct sigaction action = {
        .sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    omp_set_num_threads(arguments->jobs > 0 ? (int)arguments->jobs : omp_get_num_procs());
    int ret = read_settings(&study.settings, &arguments->sets, diag);
    ret = ret != 0 ? ret : run_study(&study, diag);
    if (ret == 0 && !study.quiet) {
        const double *last = study.curve + study.n - 3;
        printf("loss %.3f, on held-out text %.3f\n%s\n", last[1], last[2], study.folder);
    }
    basin_trainer_free(study.trainer);
    basin_bert_free(&study.model);
    basin_corpus_free(&study.corpus);
    basin_tokenizer_free(&study.tokenizer);
    basin_str_free(&study.lines);
    free(study.checkpoint);
    free(study.curve);
    return ret;
}

const struct basin_verb basin_verb_train = {
    .name = "train",
    .operands = "TEXT",
    .summary = "train a small BERT on a text, as an input of experiments",
    .options = "set|out|jobs|quiet",
    .help =
        "Learns a vocabulary from a text (a file, or a folder of *.txt) and trains a\n"
        "BERT to find hidden words of it. Writes a Hugging Face folder (--out, default\n"
        "build/model) with the loss by update in training.tsv. Interrupted in any way,\n"
        "the same command goes on where it was and ends in the same bytes.\n"
        "--set takes vocab, layers, heads, hidden, length, batch, updates, warmup, "
        "seed,\n"
        "keep, rate, masked, dropout, decay and clip.",
    .least = 1,
    .most = 1,
    .run = run,
};
